using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>Short forms of a recording into a folder of its own, and what perf says of its file.</summary>
internal sealed class Recording : IDisposable
{
    public static readonly CounterTarget.Cpus AllCpus = new(new CpuTopology(SystemPaths.Default).Online);

    private readonly TemporaryTree _folder = new();

    public string Path => _folder["perf.data"];

    public string Folder => _folder.Root;

    public List<string> Warnings { get; } = [];

    public List<CounterProblem> Problems { get; } = [];

    /// <summary>A program that reads so many MiB of zeros: the kernel is busy most of the time.</summary>
    public static CounterTarget.Command Dd(int megabytes) => new("dd", ["if=/dev/zero", "of=/dev/null", "bs=1M", $"count={megabytes}", "status=none"], "/");

    public static CounterTarget.Command Shell(string script) => new("sh", ["-c", script], "/");

    public PerfRecording? TryStart(string events, CounterTarget target, SamplingOptions? sampling = null, Func<RecordingOptions, RecordingOptions>? with = null)
    {
        var options = new RecordingOptions { Path = Path, Sampling = sampling ?? new SamplingOptions() };
        return PerfRecording.Start(EventCatalogue.Default.Resolve(events), target, with is null ? options : with(options), problem: Problems.Add, warning: Warnings.Add);
    }

    public PerfRecording Start(string events, CounterTarget target, SamplingOptions? sampling = null, Func<RecordingOptions, RecordingOptions>? with = null) =>
        TryStart(events, target, sampling, with) ?? throw new InvalidOperationException("There was no target.");

    /// <summary>Records to the end.</summary>
    public PerfRecording Run(string events, CounterTarget target, SamplingOptions? sampling = null, Func<RecordingOptions, RecordingOptions>? with = null)
    {
        PerfRecording recording = Start(events, target, sampling, with);
        Assert.True(recording.Wait(TimeSpan.FromSeconds(30)), "The recording did not end.");
        Assert.Null(recording.Error);
        Assert.Equal(PerfRecordingState.Completed, recording.State);
        return recording;
    }

    /// <summary>What perf prints of the file; it must not complain.</summary>
    public string Perf(params string[] arguments) => PerfOf(Path, arguments);

    public static string PerfOf(string path, params string[] arguments)
    {
        Command.Result result = Command.Perf([arguments[0], "-i", path, .. arguments[1..]]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    /// <summary>All commands that read it, without a complaint of any.</summary>
    public void AssertPerfReads()
    {
        // Looking for inlined functions with addr2line takes seconds.
        Perf("script", "--no-inline");
        Perf("report", "--stdio", "--no-inline");
        Perf("evlist", "-v");
        Perf("script", "--header-only", "-I");
    }

    /// <summary>The number of records of each kind, as perf counts them.</summary>
    public Dictionary<string, long> Counts(string? path = null)
    {
        string stats = PerfOf(path ?? Path, "report", "--stats").Split(" stats:\n", 3)[1];
        return Regex.Matches(stats, @"(?m)^ +(\w+) events: +(\d+)").Where(static m => m.Groups[1].Value != "TOTAL").ToDictionary(static m => m.Groups[1].Value, static m => long.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    public PerfDataInfo Read(string? path = null)
    {
        PerfDataInfo info = PerfDataInspector.Read(File.OpenRead(path ?? Path), path ?? Path, out PerfDataException? problem);
        Assert.Null(problem);
        Assert.True(info.IsComplete);
        return info;
    }

    public void Dispose() => _folder.Dispose();
}
