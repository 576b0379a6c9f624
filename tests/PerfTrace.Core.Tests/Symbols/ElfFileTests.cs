using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed partial class ElfFileTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Both_classes_and_byte_orders_are_read(bool is64, bool isBigEndian)
    {
        byte[] bytes = new ElfBuilder(is64, isBigEndian).Symbol("main", ElfBuilder.TextAddress, 2).BuildId(0xab, 0xcd, 0xef).DebugLink("x.debug", 0x12345678).Build();

        using ElfFile file = ElfFile.FromMemory("x", bytes);

        Assert.Equal((is64, isBigEndian, ElfFileType.Executable, ElfMachine.X86_64), (file.Is64Bit, file.IsBigEndian, file.Type, file.Machine));
        Assert.Equal(ElfBuilder.TextAddress, file.EntryPoint);
        Assert.Equal("abcdef", file.BuildId);
        Assert.Equal(new ElfDebugLink("x.debug", 0x12345678), file.DebugLink);
        Assert.Equal(["", ".text", ".data", ".note.gnu.build-id", ".gnu_debuglink", ".symtab", ".strtab", ".shstrtab"], file.Sections.Select(s => s.Name));
        Assert.Equal([0x90, 0xc3], file.ReadSection(file.FindSection(".text")!).ToArray());
        ElfSymbol symbol = Assert.Single(SeparateDebugFile.ReadSymbols(file).All);
        Assert.Equal(new ElfSymbol("main", null, true, ElfBuilder.TextAddress, 2, ElfSymbolType.Function, ElfSymbolBinding.Global), symbol);
    }

    [Fact]
    public void Addresses_and_offsets_are_those_of_the_segment()
    {
        using ElfFile file = ElfFile.FromMemory("x", new ElfBuilder { Text = new byte[0x20] }.Build());

        Assert.Equal(ElfBuilder.TextOffset + 5, file.OffsetOf(ElfBuilder.TextAddress + 5));
        Assert.Equal(ElfBuilder.DataOffset + 5, file.OffsetOf(ElfBuilder.DataAddress + 5));
        Assert.Equal(ElfBuilder.TextAddress + 5, file.AddressOf(ElfBuilder.TextOffset + 5));
        Assert.Null(file.OffsetOf(ElfBuilder.TextAddress + 0x20));
        Assert.Null(file.OffsetOf(ElfBuilder.TextAddress - 1));
        Assert.Null(file.AddressOf(0));
        Assert.True(file.IsCode(ElfBuilder.TextOffset));
        Assert.False(file.IsCode(ElfBuilder.TextOffset + 0x20));
        Assert.False(file.IsCode(ElfBuilder.DataOffset));
    }

    [Fact]
    public void What_is_no_ELF_file_is_refused_by_name()
    {
        using var tree = new TemporaryTree();
        tree.With("text", "#!/bin/sh\necho this is a script\n").With("short", "\x7f" + "ELF").With("empty", "");
        Assert.Equal(0, Command.Run("mkfifo", [tree["fifo"]]).ExitCode);

        Assert.Contains("no ELF file", Assert.Throws<ElfException>(() => ElfFile.Open(tree["text"])).Message);
        Assert.Contains("too short", Assert.Throws<ElfException>(() => ElfFile.Open(tree["short"])).Message);
        Assert.Contains("too short", Assert.Throws<ElfException>(() => ElfFile.Open(tree["empty"])).Message);
        Assert.Contains("directory", Assert.Throws<ElfException>(() => ElfFile.Open(tree.Root)).Message);
        Assert.Contains("regular", Assert.Throws<ElfException>(() => ElfFile.Open(tree["fifo"])).Message);
        Assert.Throws<ElfException>(() => ElfFile.Open("/dev/zero"));
        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => ElfFile.Open(tree["none"])).Errno);
    }

    [Theory]
    [InlineData(4, (byte)7, "class")]
    [InlineData(5, (byte)7, "byte order")]
    [InlineData(6, (byte)7, "version")]
    [InlineData(0x28 + 7, (byte)0x40, "beyond the end")] // e_shoff
    [InlineData(0x20 + 7, (byte)0x40, "beyond the end")] // e_phoff
    [InlineData(0x36, (byte)1, "program header has 56")] // e_phentsize
    [InlineData(0x3a, (byte)1, "section header has 64")] // e_shentsize
    [InlineData(0x3e, (byte)200, "names of the sections")] // e_shstrndx
    public void A_header_that_lies_is_told_what_is_wrong(int at, byte value, string expected)
    {
        byte[] bytes = new ElfBuilder().Build();
        bytes[at] = value;

        Assert.Contains(expected, Assert.Throws<ElfException>(() => ElfFile.FromMemory("x", bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_section_headers_has_the_notes_of_its_segments()
    {
        byte[] bytes = File.ReadAllBytes("/bin/sh");
        string? expected = ElfFile.FromMemory("sh", bytes).BuildId;
        bytes.AsSpan(0x28, 8).Clear(); // e_shoff

        using ElfFile stripped = ElfFile.FromMemory("sh", bytes);

        Assert.Empty(stripped.Sections);
        Assert.NotNull(expected);
        Assert.Equal(expected, stripped.BuildId);
    }

    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("libc.so.6")]
    [InlineData("libstdc++.so.6")]
    public void Symbols_are_those_that_readelf_prints(string name)
    {
        string path = Loaded(name);
        using ElfFile file = ElfFile.Open(path);
        // Num: Value Size Type Bind Vis Ndx Name
        string[] theirs =
        [
            .. Command.Run("readelf", ["-sW", path]).Output.Split('\n').Select(line => SymbolLine().Match(line)).Where(m => m.Success && m.Groups["home"].Value is not ("UND" or "ABS"))
                .Select(m => $"{ulong.Parse(m.Groups["value"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture):x} {m.Groups["size"].Value} {m.Groups["name"].Value}").Distinct().Order(StringComparer.Ordinal),
        ];

        string[] ours = [.. ElfSymbolReader.Read([file]).All.Select(s => $"{s.Address:x} {s.Size} {s}").Distinct().Order(StringComparer.Ordinal)];

        Assert.True(ours.Length > 100);
        Assert.Equal(theirs, ours);
    }

    [Theory]
    [InlineData("/bin/bash")]
    [InlineData("libc.so.6")]
    public void Sections_segments_and_build_id_are_those_that_readelf_prints(string name)
    {
        string path = Loaded(name);
        using ElfFile file = ElfFile.Open(path);
        string text = Command.Run("readelf", ["-SlnW", path]).Output;

        Assert.Equal(Regex.Match(text, @"Build ID: (\w+)").Groups[1].Value, file.BuildId);
        Assert.Equal(SectionLine().Matches(text).Select(m => m.Groups[1].Value), file.Sections.Skip(1).Select(s => s.Name));
        Assert.Equal(
            LoadLine().Matches(text).Select(m => (Hex(m.Groups[1]), Hex(m.Groups[2]), Hex(m.Groups[3]), m.Groups[4].Value.Contains('E'))),
            file.Segments.Where(s => s.IsLoaded).Select(s => (s.Offset, s.Address, s.FileSize, s.IsExecutable)));

        static ulong Hex(Group group) => ulong.Parse(group.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Opening_and_closing_leaves_no_descriptor()
    {
        int before = Descriptors.Count();
        for (int i = 0; i < 20; i++)
        {
            using ElfFile file = ElfFile.Open("/bin/sh");
            Assert.NotEmpty(file.Notes);
            Assert.Throws<ElfException>(() => ElfFile.Open("/proc/self/status"));
        }
        Assert.Equal(before, Descriptors.Count());
    }

    // A library that this process has loaded, or the path itself.
    private static string Loaded(string name) => name.StartsWith('/') ? name
        : File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]).First(path => Path.GetFileName(path) == name || path.Contains(name + ".", StringComparison.Ordinal));

    [GeneratedRegex(@"^\s*\d+: (?<value>[0-9a-f]+)\s+(?<size>\d+) (NOTYPE|OBJECT|FUNC|IFUNC)\s+\w+\s+\w+\s+(\[.*\]\s+)?(?<home>\w+) (?<name>\S+)")]
    private static partial Regex SymbolLine();

    [GeneratedRegex(@"^\s*\[ *\d+\] (\S+)\s+[A-Z_0-9]+\s+[0-9a-f]{16}", RegexOptions.Multiline)]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^\s*LOAD\s+(0x[0-9a-f]+) (0x[0-9a-f]+) 0x[0-9a-f]+ (0x[0-9a-f]+) 0x[0-9a-f]+ (...)", RegexOptions.Multiline)]
    private static partial Regex LoadLine();
}
