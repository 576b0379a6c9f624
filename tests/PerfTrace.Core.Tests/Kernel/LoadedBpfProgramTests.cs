using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public sealed class LoadedBpfProgramTests
{
    [Fact]
    public unsafe void The_structure_is_the_kernel_s()
    {
        Assert.Equal(208, sizeof(BpfProgramInfo));
        Assert.Equal(BpfProgramInfo.StructureSize, sizeof(BpfProgramInfo));
        Assert.Equal(
            [("Tag", 8), ("JitedInstructions", 24), ("MapIds", 56), ("Name", 64), ("NetworkNamespaceDevice", 88), ("JitedSymbolCount", 104), ("JitedSymbols", 112), ("BtfId", 128),
                ("FunctionInfo", 136), ("LineInfo", 152), ("JitedLineInfoCount", 168), ("TagCount", 180), ("Tags", 184), ("RunCount", 200)],
            ((string[])["Tag", "JitedInstructions", "MapIds", "Name", "NetworkNamespaceDevice", "JitedSymbolCount", "JitedSymbols", "BtfId", "FunctionInfo", "LineInfo", "JitedLineInfoCount",
                "TagCount", "Tags", "RunCount"]).Select(static n => (n, (int)Marshal.OffsetOf<BpfProgramInfo>(n))));
    }

    [Fact]
    public void A_program_is_found_with_the_code_that_was_made_of_it()
    {
        using FileDescriptor filter = BpfFilter.Load("perftrace_test");

        LoadedBpfProgram program = LoadedBpfProgram.ReadAll().Single(p => p.Functions(null) is [{ Name: var name }] && name.EndsWith("_perftrace_test", StringComparison.Ordinal));
        BpfFunction function = program.Functions(null)[0];

        // As the kernel itself calls it: "ffffffffc0001234 t bpf_prog_6deef7357e7b4530_name	[bpf]".
        string line = File.ReadLines("/proc/kallsyms").First(l => l.Contains(function.Name, StringComparison.Ordinal));
        Assert.Equal(function.Start, ulong.Parse(line.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.Equal(program.Info.JitedLength, function.Length);
        Assert.Equal(1U, program.Info.Type);
        Assert.Null(LoadedBpfProgram.ReadBtf(uint.MaxValue));
        // The machine code, at the offset that stands for the pointer.
        Assert.Contains((byte)0xc3, program.Data.AsSpan((int)program.Info.JitedInstructions, (int)program.Info.JitedLength).ToArray());
        Assert.NotNull(LoadedBpfProgram.Read(program.Id));
        uint id = program.Id;
        filter.Dispose();
        Thread.Sleep(100);
        Assert.Null(LoadedBpfProgram.Read(id));
    }

    [Fact]
    public void Names_of_functions_are_those_of_the_type_information()
    {
        // int, func_proto with one parameter, func "first", enum64 with two members, func "second"
        uint[] types = [1, 0x01000000, 4, 32, 0, 0x0d000001, 1, 0, 1, 5, 0x0c000001, 2, 0, 0x13000002, 8, 0, 0, 0, 0, 0, 0, 11, 0x0c000000, 2];
        byte[] strings = Encoding.ASCII.GetBytes("\0int\0first\0second\0");
        byte[] btf = [0x9f, 0xeb, 1, 0, .. Word(24), .. Word(0), .. Word(types.Length * 4), .. Word(types.Length * 4), .. Word(strings.Length), .. types.SelectMany(static t => Word((int)t)), .. strings];

        Assert.Equal([(3U, "first"), (5U, "second")], BtfFunctionNames.Read(btf).Select(static n => (n.Key, n.Value)));
        for (int i = 0; i < btf.Length; i++)
            _ = BtfFunctionNames.Read(btf.AsSpan(0, i));
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. btf];
            for (int k = 0; k < 3; k++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            _ = BtfFunctionNames.Read(damaged);
        }
    }

    private static byte[] Word(int value) => BitConverter.GetBytes(value);
}
