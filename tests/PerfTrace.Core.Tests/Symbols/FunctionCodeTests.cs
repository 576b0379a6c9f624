using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

/// <summary>Where the bytes of functions come from, and what is said where they do not.</summary>
public sealed class FunctionCodeTests : IDisposable
{
    private const ulong Text = ElfBuilder.TextAddress;

    private static readonly byte[] s_code = [.. Enumerable.Range(1, 0x40).Select(static i => (byte)i)];

    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _store;

    public FunctionCodeTests() => _store = new SymbolStore(new SystemPaths(Proc: _tree["proc"], Sys: _tree["sys"]),
        new SymbolOptions { DebugDirectory = _tree["debug"], PerfCache = _tree["perf"], DownloadCaches = [], Root = _tree["root"] });

    [Fact]
    public void A_file_has_them()
    {
        FunctionCode code = Read(Program(Builder().Symbol("f", Text + 8, 0x10)), CodeModuleKind.File, ElfBuilder.TextOffset + 8);

        Assert.Equal((Text + 8, ElfMachine.X86_64, _tree["program"]), (code.Address, code.Machine, code.File));
        Assert.Equal(s_code[8..0x18], code.Bytes.ToArray());
    }

    [Fact]
    public void A_function_ends_with_its_segment_whatever_its_symbol_claims()
    {
        Assert.Equal(s_code[8..], Read(Program(Builder().Symbol("f", Text + 8, ulong.MaxValue - 0x1000)), CodeModuleKind.File, ElfBuilder.TextOffset + 8).Bytes.ToArray());

        // A segment of 17 MB, as the program header says: p_filesz is 32 bytes into it. The file has a hole there.
        ulong large = FunctionCode.Largest + 1;
        string path = Program(Builder().Symbol("f", Text, large), "large");
        using (FileStream file = File.OpenWrite(path))
        {
            file.Position = 64 + 32;
            file.Write(BitConverter.GetBytes(large));
            file.SetLength((long)(ElfBuilder.TextOffset + large));
        }
        Assert.Contains("claims 16,777,217 bytes", Assert.Throws<CodeNotFoundException>(() => Read(path, CodeModuleKind.File, ElfBuilder.TextOffset)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_another_by_now_is_not_read()
    {
        string path = Program(Builder().Symbol("f", Text, 0x10));
        CodeSymbols names = Open(path, CodeModuleKind.File);
        CodeSymbol function = names.Find(ElfBuilder.TextOffset)!;
        File.Move(Program(Builder().Symbol("g", Text, 0x20), "other"), path, overwrite: true);

        Assert.Contains("replaced", Assert.Throws<CodeNotFoundException>(() => names.ReadCode(function)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_debug_file_has_none()
    {
        string program = BusyProgram.Build(_tree.Root), debug = _tree["busy.debug"];
        Assert.Equal(0, Command.Run("objcopy", ["--only-keep-debug", program, debug]).ExitCode);
        using ElfFile file = ElfFile.Open(debug);
        ulong leaf = ElfSymbolReader.Read([file]).Find("leaf")[0].Address;

        Assert.Contains("debug file", Assert.Throws<CodeNotFoundException>(() => ElfCode.Read(file, leaf, 16)).Message, StringComparison.Ordinal);
        using ElfFile whole = ElfFile.Open(program);
        Assert.Equal(16, ElfCode.Read(whole, leaf, 16).Length);
        Assert.Contains("no code at", Assert.Throws<CodeNotFoundException>(() => ElfCode.Read(whole, 0xdead_0000_0000, 16)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_told()
    {
        byte[] good = Builder().Symbol("f", Text, 0x10).Build();
        var random = new Random(20261121);
        int read = 0, told = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // The file header and the program headers.
            byte[] bytes = [.. good];
            for (int n = random.Next(1, 5); n > 0; n--)
                bytes[random.Next(16, 64 + (2 * 56))] = (byte)(random.Next(2) == 0 ? random.Next(256) : 0xff);
            try
            {
                using ElfFile file = ElfFile.FromMemory("damaged", bytes);
                Assert.InRange(ElfCode.Read(file, Text, random.Next(2) == 0 ? 16 : ulong.MaxValue).Length, 1, bytes.Length);
                read++;
            }
            catch (Exception e) when (e is ElfException or CodeNotFoundException)
            {
                told++;
            }
        }
        Assert.True(read > 1000 && told > 1000, $"{read} read, {told} told");
    }

    [Fact]
    public void The_kernel_s_memory_has_them_wherever_it_was_when_it_was_recorded()
    {
        _tree.With("proc/kallsyms", $"{Text:x16} T _text\n{Text + 8:x16} T vfs_read\n{Text + 0x18:x16} T end\n");
        Program(new ElfBuilder { Text = s_code }, "proc/kcore");

        FunctionCode code = Read("[kernel.kallsyms]", CodeModuleKind.Kernel, Text + 8);
        Assert.Equal((Text + 8, _tree["proc/kcore"]), (code.Address, code.File));
        Assert.Equal(s_code[8..0x18], code.Bytes.ToArray());

        CodeSymbols moved = new CodeModule(_store, "[kernel.kallsyms]", CodeModuleKind.Kernel) { RecordedText = Text + 0x20_0000 }.Symbols;
        code = moved.ReadCode(moved.Find(Text + 0x20_0008)!);
        Assert.Equal((Text + 0x20_0008, 0x10), (code.Address, code.Bytes.Length));
        Assert.Equal(s_code[8..0x18], code.Bytes.ToArray());
    }

    [Fact]
    public void Without_the_kernel_s_memory_its_image_has_them()
    {
        string id = new('3', 40);
        // Another one runs.
        File.WriteAllBytes(_tree.With("sys/kernel/notes", "")["sys/kernel/notes"], new ElfBuilder().Note("GNU", 3, new byte[20]));
        Program(new ElfBuilder { Text = s_code }.BuildId(Convert.FromHexString(id)).Symbol("_text", Text, 0).Symbol("vfs_read", Text + 8, 0x10), "root/boot/vmlinux-9");
        CodeSymbols names = new CodeModule(_store, "[kernel.kallsyms]", CodeModuleKind.Kernel, id) { RecordedText = Text + 0x20_0000 }.Symbols;

        FunctionCode code = names.ReadCode(names.Find(Text + 0x20_0008)!);

        Assert.Equal((Text + 0x20_0008, _tree["root/boot/vmlinux-9"]), (code.Address, code.File));
        Assert.Equal(s_code[8..0x18], code.Bytes.ToArray());
    }

    [Fact]
    public void Without_either_the_error_names_both()
    {
        _tree.With("proc/kallsyms", $"{Text:x16} T _text\n{Text + 8:x16} T vfs_read\n");

        string message = Assert.Throws<CodeNotFoundException>(() => Read("[kernel.kallsyms]", CodeModuleKind.Kernel, Text + 8)).Message;

        Assert.Contains("kcore", message, StringComparison.Ordinal);
        Assert.Contains("/usr/lib/debug/boot/vmlinux", message, StringComparison.Ordinal);
        _tree.With("proc/kcore", "no ELF file");
        Assert.Contains("can not be read", Assert.Throws<CodeNotFoundException>(() => Read("[kernel.kallsyms]", CodeModuleKind.Kernel, Text + 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void The_running_kernel_s_are_instructions()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/proc/kcore"), "/proc/kcore is for root, and not on every machine.");
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols names = new CodeModule(store, "[kernel.kallsyms]", CodeModuleKind.Kernel).Symbols;
        ulong address = Convert.ToUInt64(File.ReadLines("/proc/kallsyms").First(static l => l.EndsWith(" T vfs_read", StringComparison.Ordinal)).Split(' ')[0], 16);
        CodeSymbol function = names.Find(address)!;

        FunctionCode code = names.ReadCode(function);

        Assert.Equal((address, (int)function.Size), (code.Address, code.Bytes.Length));
        Assert.SkipUnless(code.Machine == ElfMachine.X86_64, "Iced knows x86 alone.");
        var all = new Disassembler(code.Machine, AssemblySyntax.Att, static _ => null).Disassemble(code.Bytes, code.Address).ToList();
        Assert.Contains(all, i => i.Text == "ret" || i.Text!.StartsWith("jmp", StringComparison.Ordinal));
        Assert.DoesNotContain(all, i => i.Text == "(bad)");
    }

    [Fact]
    public void The_vdso_has_them_in_this_process_s_memory()
    {
        using var store = new SymbolStore(SystemPaths.Default);
        CodeSymbols names = new CodeModule(store, "[vdso]", CodeModuleKind.Vdso).Symbols;
        CodeSymbol function = Enumerable.Range(0, 0x2000).Select(i => names.Find((ulong)i)).First(static s => s is { Name: var name } && name.Contains("clock_gettime", StringComparison.Ordinal))!;

        FunctionCode code = names.ReadCode(function);

        Assert.Equal((int)function.Size, code.Bytes.Length);
        Assert.Contains(code.Bytes.ToArray(), static b => b != 0);
    }

    [Fact]
    public void Names_alone_are_told()
    {
        _tree.With("perf-1.map", "1000 20 f\n");
        CodeSymbols names = Open(_tree["perf-1.map"], CodeModuleKind.Generated);

        Assert.Contains("DOTNET_PerfMapEnabled", Assert.Throws<CodeNotFoundException>(() => names.ReadCode(names.Find(0x1000)!)).Message, StringComparison.Ordinal);
        Assert.Contains("not there", Assert.Throws<CodeNotFoundException>(() => Open("/nowhere/f", CodeModuleKind.File).ReadCode(new CodeSymbol("f", 0, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("f alone", Assert.Throws<CodeNotFoundException>(() => new NoCode().ReadCode(new CodeSymbol("f", 0, 1))).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _store.Dispose();
        _tree.Dispose();
    }

    private static ElfBuilder Builder() => new() { Text = s_code };

    private string Program(ElfBuilder builder, string name = "program") => builder.WriteTo(_tree.With(name, "")[name]);

    private CodeSymbols Open(string path, CodeModuleKind kind) => new CodeModule(_store, path, kind).Symbols;

    private FunctionCode Read(string path, CodeModuleKind kind, ulong place)
    {
        CodeSymbols names = Open(path, kind);
        return names.ReadCode(names.Find(place)!);
    }
}
