using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class FileCodeTests : IDisposable
{
    private const string Source = """
        #include <cstdlib>
        volatile long total;
        namespace work {
        static inline __attribute__((always_inline)) long innermost(long n) {
            total += n;
            return total * n;
        }
        static inline __attribute__((always_inline)) long middle(long n) { return innermost(n) + 1; }
        __attribute__((noinline)) static long hidden(long n) {
            for (long i = 0; i < n; i++)
                total += middle(i);
            return total;
        }
        }
        extern "C" __attribute__((visibility("default"))) long exported(long n) { return work::hidden(n) + (long)malloc(n); }
        int main(int count, char **) { return (int)exported(count); }
        """;

    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _store;

    public FileCodeTests() => _store = new SymbolStore(SystemPaths.Default, Options);

    private SymbolOptions Options => new() { DebugDirectory = _tree["debug"], PerfCache = _tree["perf"], DownloadCaches = [_tree["fetched"]], Root = _tree["root"] };

    [Fact]
    public void Functions_are_found_by_their_place_in_the_file()
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        CodeSymbols code = Open(program);

        CodeSymbol? found = code.Find(place + 3);

        Assert.Equal(("work::hidden", place), (found?.Name, found?.Start ?? 0));
        Assert.Same(found, code.Find(place));
        Assert.Equal(program, code.File);
        Assert.Null(code.Missing);
        Assert.Null(code.Find(0));
    }

    [Fact]
    public void Inlined_functions_come_first_each_with_its_place_in_the_source()
    {
        string program = Compile();
        (ulong start, ulong size) = PlaceOf(program, "hidden");
        CodeSymbols code = Open(program);
        var stacks = new HashSet<string>();
        for (ulong place = start; place < start + size; place++)
        {
            IReadOnlyList<CodeLocation> locations = code.Locate(place);
            Assert.NotEmpty(locations);
            Assert.Equal("work::hidden", locations[^1].Function);
            Assert.All(locations, l => Assert.EndsWith("work.cpp", l.File, StringComparison.Ordinal));
            stacks.Add(string.Join(" < ", locations.Select(l => $"{l.Function}:{l.Line}")));
            Assert.Same(locations, code.Locate(place));
        }
        Assert.Contains(stacks, s => s.StartsWith("work::innermost:", StringComparison.Ordinal) && s.EndsWith(" < work::middle:8 < work::hidden:11", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_are_those_of_addr2line()
    {
        string program = Compile();
        (ulong start, ulong size) = PlaceOf(program, "hidden");
        CodeSymbols code = Open(program);
        ulong[] places = [.. Enumerable.Range(0, (int)size).Select(i => start + (ulong)i)];
        // Function and file:line in turn; an address begins anew with "0x…". Its functions are those of the symbol table for the innermost, so only lines count.
        string text = Command.Run("addr2line", ["-a", "-i", "-f", "-C", "-e", program, .. places.Select(p => $"0x{code.AddressOf(p):x}")]).Output;
        string[] theirs = [.. text.Split("0x", StringSplitOptions.RemoveEmptyEntries).Select(static block =>
        {
            string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
            return string.Join(" < ", lines.Chunk(2).Select(static pair => Path.GetFileName(pair[1]).Split(' ')[0]));
        })];

        Assert.Equal(theirs, places.Select(p => string.Join(" < ", code.Locate(p).Select(l => $"{Path.GetFileName(l.File)}:{l.Line}"))));
    }

    [Fact]
    public void A_debug_link_leads_to_names_and_lines()
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        Run("objcopy", "--only-keep-debug", program, _tree["work.debug"]);
        Run("strip", program);
        Run("objcopy", $"--add-gnu-debuglink={_tree["work.debug"]}", program);

        CodeSymbols code = Open(program);

        Assert.Equal("work::hidden", code.Find(place)?.Name);
        Assert.Equal("work::hidden", code.Locate(place)[^1].Function);
        Assert.Null(code.Missing);
    }

    [Theory]
    [InlineData("debug/.build-id/{0}/{1}.debug")]
    [InlineData("fetched/{0}{1}/debuginfo")]
    [InlineData("perf/.build-id/{0}/{1}/debug")]
    public void A_build_id_leads_to_names(string where)
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        string id = BuildIdOf(program);
        string debug = string.Format(System.Globalization.CultureInfo.InvariantCulture, where, id[..2], id[2..]);
        _tree.With(debug, "");
        Run("objcopy", "--only-keep-debug", program, _tree[debug]);
        Run("strip", program);

        Assert.Equal("work::hidden", Open(program).Find(place)?.Name);
    }

    [Fact]
    public void MiniDebugInfo_names_what_the_dynamic_linker_does_not_need()
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        // As find-debuginfo of Fedora makes it: the symbols alone, compressed, as a section of the stripped program.
        Run("objcopy", "-S", "--remove-section", ".gdb_index", "--remove-section", ".comment", "--keep-symbol=_ZN4workL6hiddenEl", program, _tree["mini"]);
        Run("xz", _tree["mini"]);
        Run("strip", program);
        Assert.Null(Open(program).Find(place));
        Run("objcopy", $"--add-section=.gnu_debugdata={_tree["mini.xz"]}", program, _tree["with"]);

        CodeSymbols code = Open(_tree["with"]);

        Assert.Equal("work::hidden", code.Find(place)?.Name);
        Assert.Null(code.Missing);
        Assert.Contains("-dbgsym", Open(program).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Stubs_for_other_libraries_functions_have_their_names()
    {
        string program = Compile("-Wl,-z,lazy");
        string plt = Command.Run("objdump", ["-d", "-j", ".plt", "-j", ".plt.sec", program]).Output;
        // "0000000000001030 <malloc@plt>:"
        System.Text.RegularExpressions.Match match = System.Text.RegularExpressions.Regex.Match(plt, @"^([0-9a-f]+) <malloc@plt>:", System.Text.RegularExpressions.RegexOptions.Multiline);
        Assert.True(match.Success, plt);

        using ElfFile file = ElfFile.Open(program);
        ulong place = file.OffsetOf(Convert.ToUInt64(match.Groups[1].Value, 16))!.Value;

        Assert.Equal("malloc@plt", Open(program).Find(place + 4)?.Name);
    }

    [Fact]
    public void A_file_of_another_build_is_not_used_but_a_copy_of_the_right_one_is()
    {
        string program = Compile();
        string id = BuildIdOf(program), other = new('a', 40);
        (ulong place, _) = PlaceOf(program, "hidden");

        CodeSymbols wrong = Open(program, other);

        Assert.Null(wrong.Find(place));
        Assert.Null(wrong.File);
        Assert.Contains(other, wrong.Missing, StringComparison.Ordinal);
        Assert.Contains(id, wrong.Missing, StringComparison.Ordinal);

        string copy = _tree[$"perf/.build-id/{id[..2]}/{id[2..]}/elf"];
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Move(program, copy);
        Assert.Equal("work::hidden", Open(program, id).Find(place)?.Name);
        Assert.Contains("not there", Open(program).Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void One_build_has_one_table_wherever_it_lies()
    {
        string program = Compile();
        File.Copy(program, _tree["copy"]);
        string id = BuildIdOf(program);

        Assert.Same(Open(program, id), Open(_tree["copy"], id));
        Assert.Same(Open(program), Open(program));
        CodeSymbols before = Open(program);
        File.SetLastWriteTimeUtc(program, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.NotSame(before, Open(program));
    }

    [Fact]
    public void A_container_s_file_is_read_through_its_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a container.");
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        string script = $"mount -t tmpfs none /mnt && mkdir -p /mnt/inside && cp {program} /mnt/inside/work && exec sleep 60";
        using Process unshare = Process.Start("unshare", ["--mount", "sh", "-c", script]);
        try
        {
            SpinWait.SpinUntil(() => File.Exists($"/proc/{unshare.Id}/root/mnt/inside/work") && File.ReadAllText($"/proc/{unshare.Id}/comm").Trim() == "sleep", TimeSpan.FromSeconds(10));

            CodeSymbols code = new CodeModule(_store, "/mnt/inside/work", CodeModuleKind.File, null, unshare.Id).Symbols;

            Assert.True(code.Find(place)?.Name == "work::hidden", code.Missing);
            Assert.Null(new CodeModule(_store, "/mnt/inside/work", CodeModuleKind.File).Symbols.Find(place));
        }
        finally
        {
            unshare.Kill();
            unshare.WaitForExit();
        }
    }

    [Fact]
    public void Names_stay_as_they_are_when_told_so()
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        using var raw = new SymbolStore(SystemPaths.Default, Options with { Names = SymbolNameForm.Raw });

        Assert.Equal("_ZN4workL6hiddenEl", new CodeModule(raw, program, CodeModuleKind.File).Symbols.Find(place)?.Name);
    }

    [Fact]
    public void Opening_many_leaves_no_descriptor()
    {
        string program = Compile();
        (ulong place, _) = PlaceOf(program, "hidden");
        int before = Descriptors.Count();
        for (int i = 0; i < 5; i++)
        {
            using var store = new SymbolStore(SystemPaths.Default, Options);
            CodeSymbols code = new CodeModule(store, program, CodeModuleKind.File).Symbols;
            Assert.NotNull(code.Find(place));
            Assert.NotEmpty(code.Locate(place));
        }
        Assert.Equal(before, Descriptors.Count());
    }

    public void Dispose()
    {
        _store.Dispose();
        _tree.Dispose();
    }

    private string Compile(params string[] more)
    {
        _tree.With("work.cpp", Source);
        Run("g++", ["-O2", "-g", "-Wl,--build-id", .. more, "-o", _tree["work"], _tree["work.cpp"]]);
        return _tree["work"];
    }

    private CodeSymbols Open(string path, string? buildId = null) => new CodeModule(_store, path, CodeModuleKind.File, buildId).Symbols;

    private static (ulong Place, ulong Size) PlaceOf(string program, string function)
    {
        using ElfFile file = ElfFile.Open(program);
        ElfSymbol symbol = ElfSymbolReader.Read([file]).All.First(s => s.Name.Contains(function, StringComparison.Ordinal));
        return (file.OffsetOf(symbol.Address)!.Value, symbol.Size);
    }

    private static string BuildIdOf(string program)
    {
        using ElfFile file = ElfFile.Open(program);
        return file.BuildId!;
    }

    private static void Run(string file, params string[] arguments)
    {
        Command.Result result = Command.Run(file, arguments);
        Assert.True(result.ExitCode == 0, $"{file}: {result.Error}");
    }
}
