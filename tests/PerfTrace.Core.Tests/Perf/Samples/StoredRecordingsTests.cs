using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Samples;

/// <summary>The recordings of tests/data/perf, read without perf, beside what <c>perf script</c> printed of them when they were made.</summary>
public sealed partial class StoredRecordingsTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _symbols;

    public StoredRecordingsTests()
    {
        // The program is found by its build id alone, as it is not where it was; this machine has neither the kernel of then nor its names.
        string program = Repository.Data("perf/work"), id;
        using (ElfFile file = ElfFile.Open(program))
            id = file.BuildId!;
        _tree.With($"cache/.build-id/{id[..2]}/{id[2..]}/elf", "");
        File.Copy(program, _tree[$"cache/.build-id/{id[..2]}/{id[2..]}/elf"], overwrite: true);
        _symbols = new SymbolStore(new SystemPaths(_tree["proc"], _tree["sys"]), new SymbolOptions { DebugDirectory = _tree["debug"], PerfCache = _tree["cache"], DownloadCaches = [], Root = _tree["root"] });
    }

    public void Dispose()
    {
        _symbols.Dispose();
        _tree.Dispose();
    }

    [Theory]
    [InlineData("chains", "cpu-clock")]
    [InlineData("unwound", "cpu-clock")]
    [InlineData("events", "context-switches cpu-clock page-faults")]
    [InlineData("compressed", "cpu-clock")]
    [InlineData("tracepoints", "raw_syscalls:sys_enter raw_syscalls:sys_exit sched:sched_process_exec sched:sched_process_exit sched:sched_stat_runtime")]
    [InlineData("pipe", "cpu-clock page-faults")]
    public void Samples_are_those_that_perf_script_printed(string name, string events)
    {
        string[] expected = [.. File.ReadLines(Repository.Data($"perf/{name}.txt")).Select(ScriptText.Trim).Where(static l => l.Length > 0).Select(WithoutKernelNames)];

        List<PerfSample> samples = Read(name);

        Assert.Equal(expected, samples.SelectMany(ScriptText.Of));
        Assert.Equal(events.Split(' '), samples.Select(static s => s.EventName).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(samples, static s => s.Symbol is "leaf" or "ask" || s.CallStack?.Any(static f => f.Symbol == "leaf") == true);
        Assert.All(samples, static s => Assert.Equal("work", s.CommandName));
    }

    [Fact]
    public void Tracepoints_have_the_text_that_perf_script_printed() =>
        Assert.Equal(File.ReadLines(Repository.Data("perf/tracepoints.fields.txt")).Select(ScriptText.Trim), Read("tracepoints").Select(ScriptText.OfEvent));

    [Fact]
    public void Stacks_are_unwound_to_the_begin()
    {
        List<PerfSample> samples = [.. Read("unwound").Where(static s => s.Symbol == "leaf")];

        Assert.All(samples, static s => Assert.Equal(["middle", "run", "begin", "_start"], s.CallStack!.Select(static f => f.Symbol).Skip(1).SkipWhile(static f => f == "down")));
        Assert.Contains(samples, static s => s.CallStack!.Count(static f => f.Symbol == "down") == 6);
    }

    [Theory]
    [InlineData("chains")]
    [InlineData("unwound")]
    [InlineData("events")]
    [InlineData("compressed")]
    [InlineData("tracepoints")]
    [InlineData("pipe")]
    public void The_header_is_told(string name)
    {
        PerfDataInfo info = PerfDataInspector.Read(File.OpenRead(Repository.Data($"perf/{name}.data")), name, out PerfDataException? problem);

        Assert.Null(problem);
        Assert.Equal(("host", "6.18.0", "x86_64", "A processor", name == "pipe"), (info.HostName, info.OSRelease, info.Architecture, info.CpuDescription, info.IsPipe));
        Assert.Equal(File.ReadLines(Repository.Data($"perf/{name}.txt")).Count(static l => HeadOfSample().IsMatch(l)), info.Samples);
        Assert.StartsWith("6.1.", info.PerfVersion, StringComparison.Ordinal);
    }

    // "ffffffff821ecc51 do_syscall_64+0x71 ([kernel.kallsyms])" as it is where that kernel does not run.
    private static string WithoutKernelNames(string line) => KernelName().Replace(line, "[unknown] ([kernel.kallsyms])");

    private List<PerfSample> Read(string name)
    {
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(Repository.Data($"perf/{name}.data")), _symbols);
        var samples = new List<PerfSample>();
        while (reader.TryRead(out PerfSample? sample))
            samples.Add(sample);
        Assert.Equal((null, null, 0L, 0L), (reader.Problem, reader.Missing, reader.Lost, reader.OutOfOrder));
        return samples;
    }

    [GeneratedRegex(@"\S+ \(\[kernel\.kallsyms\]\)$")]
    private static partial Regex KernelName();

    [GeneratedRegex(@"^\s*work +\d+/\d+ ")]
    private static partial Regex HeadOfSample();
}
