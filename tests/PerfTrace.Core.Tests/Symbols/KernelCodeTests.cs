using System.Text;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class KernelCodeTests : IDisposable
{
    private const string Symbols = """
        0000000000000000 A fixed_percpu_data
        ffffffff81000000 T first_alias
        ffffffff81000000 T _stext
        ffffffff81000000 T _text
        ffffffff81001000 t local_function
        ffffffff81001100 T vfs_read
        ffffffff81001200 W weak_one
        ffffffff82000000 R __start_rodata
        ffffffff83000000 D some_data
        ffffffffc0000000 t ext4_sync_file	[ext4]
        ffffffffc0000100 t ext4_last	[ext4]
        ffffffffc0010000 t bpf_prog_1234_x	[bpf]

        """;

    private static readonly string s_running = new('1', 40), s_other = new('2', 40);

    private readonly TemporaryTree _tree = new();

    public KernelCodeTests()
    {
        _tree.With("proc/kallsyms", Symbols).With("sys/kernel/notes", "");
        WriteNotes("sys/kernel/notes", s_running);
    }

    [Theory]
    [InlineData(0xffffffff81000010, "_text")] // without sizes the last of a place counts
    [InlineData(0xffffffff810010ff, "local_function")]
    [InlineData(0xffffffff81001100, "vfs_read")]
    [InlineData(0xffffffff82000000, "weak_one")]
    [InlineData(0xffffffffc0000050, "ext4_sync_file")]
    [InlineData(0xffffffffc0001fff, "ext4_last")]
    [InlineData(0xffffffffc0002000, null)]
    [InlineData(0xffffffffc0010001, "bpf_prog_1234_x")]
    [InlineData(0xffffffff80ffffff, null)]
    public void The_running_kernel_s(ulong address, string? expected)
    {
        using SymbolStore store = Store();
        Assert.Equal(expected, Kernel(store).Find(address)?.Name);
        Assert.Same(Kernel(store).Find(address), Kernel(store, s_running).Find(address));
        Assert.Same(Kernel(store).Find(address), new CodeModule(store, "[ext4]", CodeModuleKind.KernelModule).Symbols.Find(address));
    }

    [Fact]
    public void Addresses_of_another_boot_are_moved()
    {
        using SymbolStore store = Store();
        CodeSymbols moved = new CodeModule(store, "[kernel.kallsyms]", CodeModuleKind.Kernel, s_running) { RecordedText = 0xffffffffa5000000 }.Symbols;

        Assert.Equal(new CodeSymbol("vfs_read", 0xffffffffa5001100, 0x100), moved.Find(0xffffffffa5001110));
        Assert.Null(moved.Find(0xffffffff81001110));
        // Where modules were then is not known.
        CodeSymbols module = new CodeModule(store, "[ext4]", CodeModuleKind.KernelModule) { RecordedText = 0xffffffffa5000000 }.Symbols;
        Assert.Null(module.Find(0xffffffffc0000050));
        Assert.Contains("another boot", module.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_text_and_its_begin_the_one_that_fits_is_taken()
    {
        // On ARM64 _stext is 64 KB behind _text; kernels move by 2 MB.
        Assert.Equal(0x20_0000UL, KernelFiles.Shift(0x1020_0000, 0x1000_0000, 0x1001_0000));
        Assert.Equal(0x20_0000UL, KernelFiles.Shift(0x1021_0000, 0x1000_0000, 0x1001_0000));
        Assert.Equal(0UL, KernelFiles.Shift(0x1001_0000, 0x1000_0000, 0x1001_0000));
        Assert.Equal(0UL, KernelFiles.Shift(null, 0x1000_0000, 0x1001_0000));
    }

    [Fact]
    public void Hidden_addresses_are_told()
    {
        _tree.With("proc/kallsyms", "0000000000000000 T _text\n0000000000000000 T vfs_read\n");
        using SymbolStore store = Store();

        CodeSymbols code = Kernel(store);

        Assert.Null(code.Find(0xffffffff81001110));
        Assert.Contains("kernel.kptr_restrict", code.Missing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perf/.build-id/22/22222222222222222222222222222222222222/kallsyms")]
    [InlineData("perf/[kernel.kallsyms]/2222222222222222222222222222222222222222/kallsyms")]
    public void Another_kernel_s_are_in_perf_s_cache(string path)
    {
        _tree.With(path, Symbols.Replace("vfs_read", "vfs_other", StringComparison.Ordinal));
        using SymbolStore store = Store();

        Assert.Equal("vfs_other", Kernel(store, s_other).Find(0xffffffff81001110)?.Name);
    }

    [Theory]
    [InlineData("debug/boot/vmlinux-9.9")]
    [InlineData("root/boot/vmlinux-9.9")]
    [InlineData("debug/.build-id/22/22222222222222222222222222222222222222.debug")]
    public void Another_kernel_s_are_in_its_image(string path)
    {
        _tree.With(path, "");
        new ElfBuilder { Text = new byte[0x100] }.BuildId(Convert.FromHexString(s_other)).Symbol("_text", ElfBuilder.TextAddress, 0).Symbol("vfs_image", ElfBuilder.TextAddress + 0x10, 0x10).WriteTo(_tree[path]);
        using SymbolStore store = Store();
        CodeSymbols code = new CodeModule(store, "[kernel.kallsyms]", CodeModuleKind.Kernel, s_other) { RecordedText = ElfBuilder.TextAddress + 0x20_0000 }.Symbols;

        Assert.Equal("vfs_image", code.Find(ElfBuilder.TextAddress + 0x20_0018)?.Name);
        Assert.Equal(_tree[path], code.File);
        Assert.Equal(ElfBuilder.TextAddress + 0x18, code.AddressOf(ElfBuilder.TextAddress + 0x20_0018));
    }

    [Fact]
    public void A_kernel_that_is_nowhere_is_told()
    {
        using SymbolStore store = Store();

        CodeSymbols code = Kernel(store, s_other);

        Assert.Null(code.Find(0xffffffff81001110));
        Assert.Contains(s_other, code.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_vDSO_is_read_out_of_memory()
    {
        using var store = new SymbolStore(SystemPaths.Default);
        var code = (VdsoCode)new CodeModule(store, "[vdso]", CodeModuleKind.Vdso).Symbols;
        using ElfFile image = ElfFile.FromMemory("[vdso]", code.Image);
        ElfSymbol function = image.Sections.Count > 0 ? ElfSymbolReader.Read([image]).Find("__vdso_clock_gettime")[0] : default;

        Assert.Equal("__vdso_clock_gettime", code.Find(image.OffsetOf(function.Address)!.Value + 1)?.Name);
        CodeSymbols other = new CodeModule(store, "[vdso]", CodeModuleKind.Vdso, s_other).Symbols;
        Assert.Null(other.Find(0));
        Assert.Contains("another kernel", other.Missing, StringComparison.Ordinal);
    }

    public void Dispose() => _tree.Dispose();

    private static CodeSymbols Kernel(SymbolStore store, string? buildId = null) => new CodeModule(store, "[kernel.kallsyms]", CodeModuleKind.Kernel, buildId).Symbols;

    private SymbolStore Store() => new(new SystemPaths(_tree["proc"], _tree["sys"]),
        new SymbolOptions { DebugDirectory = _tree["debug"], PerfCache = _tree["perf"], DownloadCaches = [], Root = _tree["root"] });

    private void WriteNotes(string path, string buildId)
    {
        byte[] other = new ElfBuilder().Note("Linux", 0x100, [1, 2, 3, 4, 5]), id = new ElfBuilder().Note("GNU", 3, Convert.FromHexString(buildId));
        File.WriteAllBytes(_tree[path], [.. other, .. id]);
        Assert.Contains("GNU", Encoding.Latin1.GetString(id), StringComparison.Ordinal);
    }
}
