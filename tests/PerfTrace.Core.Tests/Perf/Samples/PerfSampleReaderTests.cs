using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Samples;

public sealed class PerfSampleReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("perftrace-samples-").FullName;

    private string File => Path.Combine(_directory, "perf.data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static TheoryData<string, string[]> Recordings => new()
    {
        { "call chains by frame pointers", ["-g", "-e", "cpu-clock", "-F", "1999", "--", "BUSY", "800"] },
        { "addresses alone", ["-e", "cpu-clock", "-F", "1999", "--", "BUSY", "400"] },
        { "several events", ["-e", "page-faults,cpu-clock,minor-faults", "-c", "7", "-d", "--", "sh", "-c", "ls -l /usr/lib >/dev/null; true"] },
        { "all CPUs", ["-a", "-g", "-e", "cpu-clock", "-F", "499", "--", "BUSY", "800"] },
        { "the kernel's code", ["-g", "-e", "cpu-clock", "-F", "1999", "--", "dd", "if=/dev/urandom", "of=/dev/null", "bs=64k", "count=400", "status=none"] },
        { "compressed", ["-z", "-g", "-e", "cpu-clock", "-F", "1999", "--", "BUSY", "800"] },
        { "threads and forks", ["-g", "-e", "page-faults", "-c", "1", "--", "sh", "-c", "for i in 1 2 3 4 5; do BUSY 5 & done; wait"] },
        { "a group read by its leader", ["-e", "{cpu-clock,page-faults}:S", "--", "BUSY", "300"] },
        { "a runtime that makes code", ["-g", "-e", "cpu-clock", "-F", "1999", "--", "dotnet", "--info"] },
        { "stacks to unwind", ["--call-graph", "dwarf,4096", "-e", "cpu-clock", "-F", "999", "--", "BUSY", "800"] },
        { "registers", ["--user-regs=ip,sp,bp", "-e", "cpu-clock", "-F", "1999", "--", "BUSY", "400"] },
    };

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Samples_are_those_of_perf_script(string _, string[] arguments)
    {
        string busy = BusyProgram.Build(_directory);
        Assert.Equal(0, Command.Perf(["record", "-q", "-o", File, .. arguments.Select(a => a.Replace("BUSY", busy, StringComparison.Ordinal))]).ExitCode);

        AssertEqualsScript(File);
    }

    [Fact]
    public void A_pipe_gives_the_same()
    {
        string busy = BusyProgram.Build(_directory);
        Assert.Equal(0, Command.Run("sh", ["-c", $"perf record -q -g -e cpu-clock -F 999 -o - -- {busy} 400 > {File}"]).ExitCode);

        AssertEqualsScript(File);
    }

    [Fact]
    public void Tracepoints_have_the_text_that_perf_script_prints()
    {
        Assert.Equal(0, Command.Perf(["record", "-q", "-o", File, "-e", "sched:sched_switch,sched:sched_process_fork,sched:sched_process_exec,sched:sched_wakeup_new", "-a", "--", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do ls /usr >/dev/null; done"]).ExitCode);
        Command.Result script = Command.Perf(["script", "-i", File, "--ns", "-F", "comm,tid,cpu,time,event,trace"]);
        string[] expected = [.. script.Output.Split('\n').Select(ScriptText.Trim).Where(static l => l.Length > 0)];

        using var symbols = new SymbolStore(SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(System.IO.File.OpenRead(File), symbols);
        var found = new List<string>();
        while (reader.TryRead(out PerfSample? sample))
        {
            found.Add(ScriptText.Trim(ScriptText.OfEvent(sample)));
        }

        Assert.True(expected.Length > 20);
        Assert.Equal(expected, found);
    }

    // Line by line.
    private static void AssertEqualsScript(string file)
    {
        bool hasCpu = Command.Perf(["evlist", "-v", "-i", file]).Output.Contains("|CPU|", StringComparison.Ordinal);
        string fields = "comm,pid,tid,time,event,ip,sym,symoff,dso,period" + (hasCpu ? ",cpu" : "");
        Command.Result script = Command.Perf(["script", "-i", file, "--ns", "--no-demangle", "--no-inline", "-F", fields]);
        Assert.Equal(0, script.ExitCode);
        string[] expected = [.. script.Output.Split('\n').Select(ScriptText.Normalise).Where(static l => l.Length > 0)];

        using var symbols = new SymbolStore(SystemPaths.Default, new SymbolOptions { Names = SymbolNameForm.Raw });
        using PerfSampleReader reader = PerfSampleReader.Open(System.IO.File.OpenRead(file), symbols);
        var found = new List<string>();
        while (reader.TryRead(out PerfSample? sample))
            found.AddRange(ScriptText.Of(sample).Select(ScriptText.Normalise));

        Assert.Null(reader.Problem);
        Assert.Equal(0, reader.OutOfOrder);
        Assert.True(expected.Length > 10, "perf recorded next to nothing.");
        Assert.Equal(expected, found);
    }
}
