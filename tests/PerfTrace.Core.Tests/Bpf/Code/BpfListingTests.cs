using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

/// <summary>Listings of loaded programs against those of bpftool.</summary>
public sealed partial class BpfListingTests
{
    private const BpfRegister R0 = BpfRegister.R0, R1 = BpfRegister.R1, R2 = BpfRegister.R2, R3 = BpfRegister.R3, R4 = BpfRegister.R4, R6 = BpfRegister.R6, R7 = BpfRegister.R7, R10 = BpfRegister.R10;

    private readonly List<FileDescriptor> _owned = [];

    public static TheoryData<string> Programs { get; } = [nameof(Counting), nameof(Arithmetic), nameof(Atomics), nameof(Maps), nameof(Functions), nameof(Lines), nameof(Packets), nameof(Helpers)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void TheTextIsThatOfBpftool(string program)
    {
        try
        {
            using FileDescriptor loaded = Load(program);
            using BpfProgram known = BpfProgram.FromDescriptor(loaded.Duplicate());
            BpfListing listing = BpfListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default));

            AssertSame(known.Id, listing, []);
            AssertSame(known.Id, listing, ["opcodes"]);
            AssertSame(known.Id, listing, ["linum"]);
        }
        finally
        {
            _owned.ForEach(o => o.Dispose());
        }
    }

    // One program with all that a listing has, as bpftool is slow there.
    [Fact]
    [Trait("Machine", "Guest")]
    public void TheTextIsThatOfBpftoolOnAnotherKernel()
    {
        using FileDescriptor loaded = Load(nameof(Lines));
        using BpfProgram known = BpfProgram.FromDescriptor(loaded.Duplicate());

        AssertSame(known.Id, BpfListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default)), ["linum"]);
        _owned.ForEach(o => o.Dispose());
    }

    [Fact]
    public void ObjectsSayWhatTheTextSays()
    {
        using FileDescriptor loaded = Load(nameof(Lines));
        BpfTranslatedInstruction[] all = [.. BpfListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default)).Instructions()];

        BpfTranslatedInstruction first = all[0];
        Assert.Equal("int test_main(struct __sk_buff * skb)", first.Signature);
        Assert.Equal(("return twice(skb->len);", "test.c", 7, 9), (first.SourceLine, first.SourceFile, first.SourceLineNumber, first.SourceColumn));
        BpfTranslatedInstruction call = Assert.Single(all, i => i.Subprogram is not null);
        Assert.EndsWith("_twice", call.Subprogram, StringComparison.Ordinal);
        Assert.Equal("int twice(int value)", Assert.Single(all, i => i.Index == call.Target).Signature);
        Assert.Equal("exit", all[^1].Mnemonic);
        Assert.Equal(2, all[^1].SourceLineNumber);
        Assert.Equal(all.Length, all.Select(i => i.Index).Distinct().Count());
        _owned.ForEach(o => o.Dispose());
    }

    [Fact]
    public void MapsAndHelpersAreNamedInObjects()
    {
        using FileDescriptor loaded = Load(nameof(Maps));
        using BpfProgram known = BpfProgram.FromDescriptor(loaded.Duplicate());
        BpfTranslatedInstruction[] all = [.. BpfListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default)).Instructions()];

        Assert.Equal(known.MapId.Order(), all.Where(i => i.MapId is not null).Select(i => i.MapId!.Value).Distinct().Order());
        Assert.Equal(8, Assert.Single(all, i => i.MapOffset is not null).MapOffset);
        Assert.Contains(all, i => i.Helper is "bpf_map_update_elem" or "htab_map_update_elem" or "bpf_map_lookup_elem" or "__htab_map_lookup_elem");
        BpfTranslatedInstruction wide = all.First(i => i.MapId is not null);
        Assert.Equal((16, "lddw"), (wide.Bytes.Length, wide.Mnemonic));
        _owned.ForEach(o => o.Dispose());
    }

    [Fact]
    public void ProgramsOfBpftraceAreListedAsBpftoolListsThem()
    {
        using Process bpftrace = Process.Start(new ProcessStartInfo("bpftrace",
            ["-e", "tracepoint:sched:sched_switch { @[args->prev_comm] = count(); @h = hist(args->prev_pid); } profile:hz:99 { @s[kstack] = count(); } interval:s:1 { printf(\"%d\\n\", 1); }"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            uint[] ids = WaitForPrograms(bpftrace);
            KernelSymbolTable symbols = KernelSymbolTable.Read(SystemPaths.Default);
            foreach (uint id in ids)
            {
                using BpfProgram program = BpfProgram.Read(id)!;
                using FileDescriptor descriptor = program.Open();
                AssertSame(id, BpfListing.Read(descriptor, symbols), []);
                AssertSame(id, BpfListing.Read(descriptor, symbols), ["opcodes"]);
            }
        }
        finally
        {
            bpftrace.Kill();
            bpftrace.WaitForExit();
        }
    }

    private static uint[] WaitForPrograms(Process owner)
    {
        for (int i = 0; i < 200; i++)
        {
            uint[] ids = [.. BpfProgram.ReadAll().Where(p => p.Process.Any(h => h.ProcessId == owner.Id)).Select(p => p.Id)];
            if (ids.Length >= 3)
                return ids;
            Assert.False(owner.HasExited, "bpftrace has ended: " + (owner.HasExited ? owner.StandardError.ReadToEnd() : ""));
            Thread.Sleep(100);
        }
        throw new InvalidOperationException("bpftrace has loaded nothing within 20 s.");
    }

    private static void AssertSame(uint id, BpfListing listing, string[] options)
    {
        Command.Result expected = Command.Run("bpftool", ["prog", "dump", "xlated", "id", id.ToString(CultureInfo.InvariantCulture), .. options]);
        Assert.Equal(0, expected.ExitCode);
        string text = listing.ToText(options.Contains("opcodes"), options.Contains("linum"));
        // bpftool before 7.5 does not know the verifier's own way to this CPU's memory, and shows the move that it is otherwise.
        if (!expected.Output.Contains("__percpu", StringComparison.Ordinal))
            text = PerCpuAddress().Replace(text, "${register}");
        Assert.Equal(expected.Output, text);
    }

    [GeneratedRegex(@"&\(void __percpu \*\)\((?<register>r\d+)\)")]
    private static partial Regex PerCpuAddress();

    private FileDescriptor Load(string program)
    {
        var assembler = new BpfAssembler();
        var source = new BpfSource();
        BpfProgramType type = program switch
        {
            nameof(Counting) => Counting(assembler),
            nameof(Arithmetic) => Arithmetic(assembler),
            nameof(Atomics) => Atomics(assembler),
            nameof(Maps) => Maps(assembler),
            nameof(Functions) => Functions(assembler),
            nameof(Lines) => Lines(assembler, source),
            nameof(Packets) => Packets(assembler),
            _ => Helpers(assembler),
        };
        FileDescriptor? types = null;
        if (program == nameof(Lines))
            _owned.Add(types = source.Load());
        return BpfProgramLoader.Load(new BpfProgramRequest(type, assembler.Assemble()) { Name = "test_listing", Types = types });
    }

    private BpfProgramType Counting(BpfAssembler assembler)
    {
        assembler.LoadMapValue(R1, Map(BpfMapType.Array, 16), 8);
        assembler.Move(R2, 1);
        assembler.Atomic(BpfAtomic.Add, BpfSize.Bits64, R1, 0, R2);
        return End(assembler, BpfProgramType.Tracepoint);
    }

    private static BpfProgramType Arithmetic(BpfAssembler assembler)
    {
        assembler.Move(R6, 0x123456789abcdef0);
        assembler.Move(R7, -7);
        foreach (BpfArithmetic operation in Enum.GetValues<BpfArithmetic>().Where(o => (int)o < 0x100))
        {
            assembler.Alu64(operation, R6, R7);
            assembler.Alu32(operation, R6, 5);
            assembler.Alu32(operation, R7, R6);
            assembler.Alu64(operation, R7, 3);
        }
        foreach (int bits in (int[])[16, 32, 64])
        {
            assembler.Emit(BpfInstruction.LittleEndian(R6, bits));
            assembler.Emit(BpfInstruction.BigEndian(R6, bits));
        }
        assembler.Emit(BpfInstruction.Negate64(R6));
        assembler.Emit(BpfInstruction.Negate32(R7));
        BpfLabel end = assembler.DefineLabel();
        foreach (BpfCondition condition in Enum.GetValues<BpfCondition>())
        {
            assembler.JumpIf64(condition, R6, R7, end);
            assembler.JumpIf64(condition, R6, -2, end);
            assembler.JumpIf32(condition, R6, R7, end);
            assembler.JumpIf32(condition, R6, 77, end);
        }
        assembler.Mark(end);
        return End(assembler, BpfProgramType.SocketFilter);
    }

    private static BpfProgramType Atomics(BpfAssembler assembler)
    {
        assembler.Store(BpfSize.Bits64, R10, -8, 0);
        assembler.Store(BpfSize.Bits64, R10, -16, 0);
        assembler.Move(R0, 1);
        assembler.Move(R6, 2);
        foreach (BpfAtomic operation in Enum.GetValues<BpfAtomic>().Where(o => o < BpfAtomic.LoadAcquire))
        {
            assembler.Atomic(operation, BpfSize.Bits64, R10, -8, R6);
            assembler.Atomic(operation, BpfSize.Bits32, R10, -16, R6);
        }
        foreach (BpfSize size in Enum.GetValues<BpfSize>())
        {
            assembler.Store(size, R10, -8, R6);
            assembler.Store(size, R10, -16, 1);
            assembler.Load(size, R3, R10, -16);
        }
        return End(assembler, BpfProgramType.SocketFilter);
    }

    private BpfProgramType Maps(BpfAssembler assembler)
    {
        FileDescriptor hash = Map(BpfMapType.Hash, 8), array = Map(BpfMapType.Array, 16);
        BpfLabel end = assembler.DefineLabel();
        assembler.Store(BpfSize.Bits32, R10, -4, 3);
        assembler.Store(BpfSize.Bits64, R10, -16, 5);
        Argument(assembler, R1, hash, R2, -4);
        assembler.Move(R3, R10);
        assembler.Alu64(BpfArithmetic.Add, R3, -16);
        assembler.Move(R4, 0);
        assembler.Call(BpfHelper.MapUpdateElem);
        Argument(assembler, R1, hash, R2, -4);
        assembler.Call(BpfHelper.MapLookupElem);
        assembler.JumpIf64(BpfCondition.Equal, R0, 0, end);
        assembler.Load(BpfSize.Bits64, R6, R0);
        assembler.LoadMapValue(R1, array, 8);
        assembler.Store(BpfSize.Bits64, R1, 0, R6);
        Argument(assembler, R1, hash, R2, -4);
        assembler.Call(BpfHelper.MapDeleteElem);
        assembler.Mark(end);
        return End(assembler, BpfProgramType.Tracepoint);
    }

    private BpfProgramType Functions(BpfAssembler assembler)
    {
        BpfLabel one = assembler.DefineLabel(), two = assembler.DefineLabel();
        assembler.Call(one);
        assembler.Call(two);
        assembler.Call(one);
        assembler.Exit();
        assembler.Mark(one);
        assembler.Call(two);
        assembler.Exit();
        assembler.Mark(two);
        assembler.Move(R0, 2);
        assembler.Exit();
        return BpfProgramType.Tracepoint;
    }

    private static BpfProgramType Lines(BpfAssembler assembler, BpfSource source)
    {
        uint file = source.Text("test.c");
        BpfLabel twice = assembler.DefineLabel();
        assembler.BeginFunction(source.Function("test_main", true, ("skb", source.ContextPointer)));
        assembler.MarkLine(file, source.Text("\treturn twice(skb->len);"), 7, 9);
        assembler.Load(BpfSize.Bits32, R1, R1);
        assembler.Call(twice);
        assembler.Exit();
        assembler.Mark(twice);
        assembler.BeginFunction(source.Function("twice", false, ("value", source.Integer)));
        assembler.MarkLine(file, source.Text("static int twice(int value)"), 1, 0);
        assembler.Move(R0, R1);
        assembler.MarkLine(file, source.Text("    return value + value;"), 2, 12);
        assembler.Alu64(BpfArithmetic.Add, R0, R0);
        assembler.Exit();
        return BpfProgramType.SocketFilter;
    }

    private static BpfProgramType Packets(BpfAssembler assembler)
    {
        assembler.Move(R6, R1);
        assembler.Emit(BpfInstruction.LoadPacket(BpfSize.Bits16, 12));
        assembler.Move(R7, 4);
        assembler.Emit(BpfInstruction.LoadPacket(BpfSize.Bits8, R7, 3));
        return End(assembler, BpfProgramType.SocketFilter);
    }

    private static BpfProgramType Helpers(BpfAssembler assembler)
    {
        assembler.Call(BpfHelper.KtimeGetNs);
        assembler.Call(BpfHelper.GetCurrentPidTgid);
        assembler.Call(BpfHelper.GetSmpProcessorId);
        assembler.Call(BpfHelper.GetCurrentTask);
        assembler.Move(R1, R10);
        assembler.Alu64(BpfArithmetic.Add, R1, -16);
        assembler.Move(R2, 16);
        assembler.Call(BpfHelper.GetCurrentComm);
        return End(assembler, BpfProgramType.Tracepoint);
    }

    private static void Argument(BpfAssembler assembler, BpfRegister first, FileDescriptor map, BpfRegister second, int place)
    {
        assembler.LoadMap(first, map);
        assembler.Move(second, R10);
        assembler.Alu64(BpfArithmetic.Add, second, place);
    }

    private FileDescriptor Map(BpfMapType type, int valueSize)
    {
        FileDescriptor map = BpfCounter.CreateMap(type, 4, valueSize, 1, "test_map");
        _owned.Add(map);
        return map;
    }

    private static BpfProgramType End(BpfAssembler assembler, BpfProgramType type)
    {
        assembler.Move(R0, 0);
        assembler.Exit();
        return type;
    }
}
