using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
[Trait("Machine", "Both")]
public sealed class PerfTraceResourceCommandsTests : TraceFixture
{
    private const string Exec = "sched:sched_process_exec";

    [Theory]
    [InlineData("Remove-PerfTraceResource")]
    [InlineData("Remove-PerfTraceResource -Orphaned")]
    [InlineData("Get-PerfTraceResource | Remove-PerfTraceResource -Orphaned")]
    public void What_a_killed_session_leaves_is_named_and_removed_without_a_trace(string line)
    {
        string[] before = State();
        using Process session = StartSession(out TraceOwner owner, out string instance);
        try
        {
            AddUProbe(owner, instance);
            Assert.Equal(["EnabledEvent", "EnabledEvent", "Filter", "Instance", "Trigger", "UProbe"], KindsOf(owner));
        }
        finally
        {
            session.Kill();
            session.WaitForExit();
        }

        PerfTraceResource[] orphans = [.. Run("Get-PerfTraceResource -Orphaned").Objects.Cast<PerfTraceResource>().Where(r => r.Owner == owner)];

        Assert.Equal(["EnabledEvent", "EnabledEvent", "Filter", "Instance", "Trigger", "UProbe"], orphans.Select(o => o.Kind.ToString()).Order(StringComparer.Ordinal));
        Assert.All(orphans, o => Assert.Equal((true, false, owner.ProcessId), (o.IsOrphaned, o.IsOwned, o.ProcessId)));
        Assert.Contains(orphans, o => (o.Kind, o.Name, o.Definition) == (PerfTraceResourceKind.Filter, Exec, "pid > 1"));
        Assert.Contains(orphans, o => o.Kind == PerfTraceResourceKind.Trigger && o.Definition == "traceoff:count=1 if pid < 0");
        Fail("Remove-PerfTraceResource -Orphaned -Force", "ContradictoryParameters", ErrorCategory.InvalidArgument);
        Assert.NotEmpty(KindsOf(owner));
        Run(line);
        Assert.Empty(KindsOf(owner));
        Assert.Equal(before, State());
    }

    [Fact]
    public void A_session_that_is_asked_to_end_leaves_nothing()
    {
        using Process session = StartSession(out TraceOwner owner, out string instance);
        try
        {
            using var kill = Process.Start("kill", ["-TERM", $"{session.Id}"]);
            Assert.True(session.WaitForExit(TimeSpan.FromSeconds(30)), "SIGTERM does not end it.");
        }
        finally
        {
            session.Kill();
        }

        Assert.Empty(KindsOf(owner));
        Assert.False(Directory.Exists(Path.Combine(Top, "instances", instance)));
    }

    [Fact]
    public void What_a_living_session_has_is_removed_only_by_force()
    {
        Run("New-TraceInstance mine | Enable-Tracepoint sched:sched_process_exec");

        PerfTraceResource[] mine = [.. Run("Get-PerfTraceResource").Objects.Cast<PerfTraceResource>().Where(r => r.IsOwned)];
        Assert.Equal([PerfTraceResourceKind.EnabledEvent, PerfTraceResourceKind.Instance], mine.Select(r => r.Kind));
        Run("Remove-PerfTraceResource");
        Assert.True(Directory.Exists(PathOf("mine")));
        Assert.StartsWith("OwnerAlive,", Assert.Single(Host.Run("Get-PerfTraceResource *_mine | Remove-PerfTraceResource").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Run("Remove-PerfTraceResource -Orphaned");
        Run("Get-PerfTraceResource *_mine | Remove-PerfTraceResource -Orphaned");
        Assert.True(Directory.Exists(PathOf("mine")));
        Assert.Equal(0, Host.Run("Remove-PerfTraceResource *_mine -Force -WhatIf").ExitCode);
        Assert.True(Directory.Exists(PathOf("mine")));

        Run("Remove-PerfTraceResource *_mine -Force");
        Assert.False(Directory.Exists(PathOf("mine")));
    }

    [Fact]
    public void A_stop_ends_the_list()
    {
        Run("New-TraceInstance s1, s2, s3");
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("Get-PerfTraceResource");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void Probes_histograms_and_synthetic_events_go_in_the_right_order()
    {
        string[] before = State();
        // One that has ended and is reaped: its number may be anybody's, its start time is not.
        var owner = new TraceOwner(Environment.ProcessId, 1);
        string instance = owner.NameOf("i"), path = Path.Combine(Top, "instances", instance), group = owner.NameOf("g"), lat = owner.NameOf("lat");
        Directory.CreateDirectory(path);
        Append("dynamic_events", $"p:{group}/open do_sys_openat2 dfd=%di");
        Append("dynamic_events", $"r:{group}/opened do_sys_openat2 ret=$retval");
        Append("dynamic_events", $"e:{group}/seen syscalls.sys_enter_openat dfd=$dfd");
        Append("dynamic_events", $"s:{lat} u64 lat; pid_t pid;");
        AddUProbe(owner, instance);
        // The histogram of one event takes a variable of another's and makes synthetic events: none of them can go before it.
        Append($"instances/{instance}/events/sched/sched_waking/trigger", "hist:keys=pid:ts0=common_timestamp.usecs if prio < 0");
        Append($"instances/{instance}/events/sched/sched_switch/trigger", $"hist:keys=next_pid:lat=common_timestamp.usecs-$ts0:onmatch(sched.sched_waking).{lat}($lat,next_pid)");
        Append($"instances/{instance}/events/{group}/open/enable", "1");
        Append($"events/{group}/opened/trigger", "traceoff:1 if ret < 0");
        Append("events/sched/sched_process_exec/trigger", $"hist:keys=pid:name={owner.NameOf("h")}");

        Assert.Equal(["EnabledEvent", "EnabledEvent", "EventProbe", "Histogram", "Histogram", "Histogram", "Instance", "KProbe", "KProbe", "SyntheticEvent", "UProbe"], KindsOf(owner));
        Run("Get-PerfTraceResource -Orphaned | Remove-PerfTraceResource");

        Assert.Empty(KindsOf(owner));
        Assert.Equal(before, State());
    }

    private static void Append(string file, string line)
    {
        using FileStream stream = File.OpenWrite(Path.Combine(Top, file));
        stream.Seek(0, SeekOrigin.Begin);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static void AddUProbe(TraceOwner owner, string instance)
    {
        // Any executable mapping will do: nothing has to hit it.
        string group = owner.NameOf("u");
        Append("uprobe_events", $"p:{group}/entry {new FileInfo("/bin/sleep").ResolveLinkTarget(true)?.FullName ?? "/bin/sleep"}:0x2000");
        Append($"instances/{instance}/events/{group}/entry/enable", "1");
    }

    // The program, holding an instance with an event, a filter and a trigger.
    private static Process StartSession(out TraceOwner owner, out string instance)
    {
        string line = "New-TraceInstance left -BufferSize 64KB | Enable-Tracepoint sched:sched_process_exec -Filter 'pid > 1' -PassThru"
            + " | Add-TracepointTrigger -Action TraceOff -Count 1 -Filter 'pid < 0' -PassThru"
            + $" | Watch-Tracepoint -ProcessId {Environment.ProcessId} -Duration 300";
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "perftrace"), [line]) { RedirectStandardOutput = true };
        Process session = Process.Start(start)!;
        owner = new TraceOwner(session.Id, ProcessFacts.StartTimeOf(SystemPaths.Default, session.Id)!.Value);
        instance = owner.NameOf("left");
        string trigger = Path.Combine(Top, "instances", instance, "events/sched/sched_process_exec/trigger");
        var clock = Stopwatch.StartNew();
        while (!File.Exists(trigger) || !File.ReadAllText(trigger).StartsWith("traceoff", StringComparison.Ordinal))
        {
            Assert.False(session.HasExited, "The session ended.");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "The session did not set its trigger within a minute.");
            Thread.Sleep(20);
        }
        return session;
    }

    private string[] KindsOf(TraceOwner owner) =>
        [.. Run("Get-PerfTraceResource").Objects.Cast<PerfTraceResource>().Where(r => r.Owner == owner).Select(r => r.Kind.ToString()).Order(StringComparer.Ordinal)];

    // What is named in tracefs, without that of sessions that run beside this test.
    private static string[] State()
    {
        var lines = new List<string>();
        foreach (string file in (string[])["dynamic_events", "uprobe_events", "kprobe_events", "synthetic_events", "set_event"])
        {
            if (File.Exists(Path.Combine(Top, file)))
                lines.AddRange(File.ReadLines(Path.Combine(Top, file)).Select(line => $"{file}: {line}"));
        }
        lines.AddRange(TracingDirectory.InstanceNames(SystemPaths.Default).Select(name => $"instances: {name}"));
        foreach (string system in (string[])["sched", "syscalls"])
        {
            foreach (string trigger in Directory.GetFiles(Path.Combine(Top, "events", system), "trigger", SearchOption.AllDirectories))
                lines.AddRange(File.ReadLines(trigger).Where(line => !line.StartsWith('#')).Select(line => $"{trigger}: {line}"));
        }
        return [.. lines.Where(line => !IsOfLivingSession(line)).Order(StringComparer.Ordinal)];
    }

    private static bool IsOfLivingSession(string line) =>
        line.IndexOf("perftrace_", StringComparison.Ordinal) is var at and >= 0
        && TraceOwner.TryParse(line[at..].Split(':', '/', ' ')[0] + "_", out TraceOwner? owner, out _) && owner.IsAlive;
}
