using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

/// <summary>Where a library is not installed, the rest is there, and it is said which package brings it.</summary>
public sealed class MissingLibraryTests : IDisposable
{
    private const string Source = """
        volatile long total;
        namespace work { struct Loop { __attribute__((noipa)) long hidden(long n) { for (long i = 0; i < n; i++) total = total + i; return total; } }; }
        int main() { work::Loop loop; return loop.hidden(100000000) == 7; }
        """;

    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Nothing_is_missing_where_all_are_installed() =>
        Assert.Equal(["samples: some", "symbol: work::Loop::hidden", "lines: True", "caller: True", "missing: "], Read("none", Compile()));

    [Fact]
    public void Without_libdw_there_are_functions_and_neither_lines_nor_unwound_stacks()
    {
        string[] said = Read("libdw.so.1,libelf.so.1", Compile());

        Assert.Equal(["samples: some", "symbol: work::Loop::hidden", "lines: False", "caller: False"], said[..4]);
        Assert.Contains(said, static l => l.StartsWith("missing: Stacks that were recorded with --call-graph dwarf can not be unwound", StringComparison.Ordinal) && l.Contains("libdw1", StringComparison.Ordinal));
        Assert.Contains(said, static l => l.StartsWith("store: Source lines and inlined functions", StringComparison.Ordinal) && l.Contains("libdw1", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_libstdcpp_names_stay_as_the_compiler_wrote_them()
    {
        string[] said = Read("libstdc++.so.6", Compile());

        Assert.Equal(["samples: some", "symbol: _ZN4work4Loop6hiddenEl", "lines: True", "caller: True", "missing: "], said[..5]);
        Assert.Contains("libstdc++6", Assert.Single(said[5..]), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_liblzma_compressed_symbols_are_not_read()
    {
        string program = Compile(), mini = Path.Combine(_file.Folder, "mini");
        Run("objcopy", "-S", "--keep-symbol=_ZN4work4Loop6hiddenEl", program, mini);
        Run("xz", mini);
        Run("strip", program);
        Run("objcopy", $"--add-section=.gnu_debugdata={mini}.xz", program);
        Assert.Contains("symbol: work::Loop::hidden", Read("none", program));

        string[] said = Read("liblzma.so.5", program);

        Assert.Equal("samples: some", said[0]);
        Assert.StartsWith("symbol: none: The symbols of ", said[1], StringComparison.Ordinal);
        Assert.Contains("liblzma5", said[1], StringComparison.Ordinal);
        Assert.Contains("liblzma5", said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_libzstd_what_is_compressed_is_neither_read_nor_written()
    {
        string[] said = Helper.RunHere("without", "libzstd.so.1", Repository.Data("perf/compressed.data"), _file.Path);

        Assert.Equal(2, said.Length);
        Assert.All(said, static l => Assert.Contains("libzstd1", l, StringComparison.Ordinal));
        Assert.StartsWith("read: NotSupportedException ", said[0], StringComparison.Ordinal);
        Assert.StartsWith("written: NotSupportedException ", said[1], StringComparison.Ordinal);
    }

    private string[] Read(string libraries, string program)
    {
        if (!File.Exists(_file.Path) || File.GetLastWriteTimeUtc(_file.Path) < File.GetLastWriteTimeUtc(program))
            _file.Run("cpu-clock:u", new CounterTarget.Command(program, [], "/"), new SamplingOptions { Frequency = 999, CallStack = CallStackMode.Dwarf });
        return Helper.RunHere("without", libraries, _file.Path, "");
    }

    private string Compile()
    {
        string source = Path.Combine(_file.Folder, "work.cpp"), program = Path.Combine(_file.Folder, "work");
        File.WriteAllText(source, Source);
        Run("g++", "-O2", "-g", "-fomit-frame-pointer", "-Wl,--build-id", "-o", program, source);
        return program;
    }

    private static void Run(string file, params string[] arguments)
    {
        Command.Result result = Command.Run(file, arguments);
        Assert.True(result.ExitCode == 0, $"{file}: {result.Error}");
    }
}
