using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>What a killed session has changed where no name says so.</summary>
[Collection(CmdletCollection.Name)]
[Trait("Machine", "Both")]
public sealed class KilledSessionTests : TraceFixture
{
    private const string Exec = "events/sched/sched_process_exec";

    private static readonly string Sleep = new FileInfo("/bin/sleep").ResolveLinkTarget(true)?.FullName ?? "/bin/sleep";

    private string[] Files => [.. ((string[])[$"{Exec}/enable", $"{Exec}/filter", $"{Exec}/trigger", "tracing_on", "options/overwrite"]).Select(f => Path.Combine(Top, "instances/perftrace-test-other", f))];

    [Fact]
    public void Settings_of_another_s_instance_are_named_and_put_back()
    {
        string other = Path.Combine(Top, "instances/perftrace-test-other");
        Directory.CreateDirectory(other);
        try
        {
            File.WriteAllText($"{other}/{Exec}/filter", "pid > 7");
            string[] before = [.. Files.Select(File.ReadAllText)];
            TraceOwner owner = Kill(
                "Set-TraceBuffer -Instance perftrace-test-other -Overwrite Off -PassThru"
                + " | Enable-Tracepoint sched:sched_process_exec -Filter 'pid > 1' -PassThru"
                + " | Add-TracepointTrigger -Action TraceOff -Count 1 -Filter 'pid < 0' -PassThru",
                () => File.ReadAllText(Files[2]).StartsWith("traceoff", StringComparison.Ordinal));

            PerfTraceResource[] orphans = OrphansOf(owner);
            Assert.All(orphans, static o => Assert.Equal((PerfTraceResourceKind.Setting, "perftrace-test-other"), (o.Kind, o.Instance)));
            Assert.Equal([$"{Exec}/enable", $"{Exec}/filter", $"{Exec}/trigger", "options/overwrite"], orphans.Select(static o => o.Name).Order(StringComparer.Ordinal));
            Assert.NotEqual(before, Files.Select(File.ReadAllText));

            Run("Remove-PerfTraceResource");

            Assert.Equal(before, Files.Select(File.ReadAllText));
            Assert.Empty(OrphansOf(owner));
        }
        finally
        {
            Directory.Delete(other);
        }
    }

    [Fact]
    public void A_probe_of_a_group_of_one_s_own_is_named_and_removed()
    {
        string before = File.ReadAllText(Path.Combine(Top, "uprobe_events"));
        TraceOwner owner = Kill($"New-UProbe {Sleep}:0x2000 -Group perftracetest -Name parent", () => Directory.Exists(Path.Combine(Top, "events/perftracetest/parent")));

        PerfTraceResource orphan = Assert.Single(OrphansOf(owner));
        Assert.Equal((PerfTraceResourceKind.UProbe, "perftracetest:parent"), (orphan.Kind, orphan.Name));

        Run("Remove-PerfTraceResource perftracetest:parent");

        Assert.Equal(before, File.ReadAllText(Path.Combine(Top, "uprobe_events")));
        Assert.Empty(OrphansOf(owner));
    }

    [Fact]
    public void What_was_undone_before_is_no_orphan()
    {
        TraceOwner owner = Kill($"New-UProbe {Sleep}:0x2000 -Group perftracetest -Name parent", () => Directory.Exists(Path.Combine(Top, "events/perftracetest/parent")));
        string journal = Path.Combine(SystemPaths.Default.Runtime!, "perftrace", owner.NameOf("journal"));
        Assert.True(File.Exists(journal));
        File.AppendAllText(Path.Combine(Top, "uprobe_events"), "-:perftracetest/parent\n");

        Assert.Empty(OrphansOf(owner));
        Assert.False(File.Exists(journal));
    }

    // The program runs the line, goes on watching, and is killed as soon as the line has done what it should.
    private static TraceOwner Kill(string line, Func<bool> isDone)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "perftrace"), [$"{line} | Watch-Tracepoint -ProcessId {Environment.ProcessId} -Duration 300"]) { RedirectStandardOutput = true };
        using Process session = Process.Start(start)!;
        try
        {
            var owner = new TraceOwner(session.Id, ProcessFacts.StartTimeOf(SystemPaths.Default, session.Id)!.Value);
            var clock = Stopwatch.StartNew();
            while (!isDone())
            {
                Assert.False(session.HasExited, "The session ended.");
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The session did not do it within a minute.");
                Thread.Sleep(20);
            }
            return owner;
        }
        finally
        {
            session.Kill();
            session.WaitForExit();
        }
    }

    private PerfTraceResource[] OrphansOf(TraceOwner owner) =>
        [.. Run("Get-PerfTraceResource -Orphaned").Objects.Cast<PerfTraceResource>().Where(r => r.Owner == owner)];
}
