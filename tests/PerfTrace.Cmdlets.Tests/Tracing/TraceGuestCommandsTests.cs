using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>Snapshots and tracers: what the machine's own kernel may lack.</summary>
[Collection(CmdletCollection.Name)]
[Trait("Machine", "Guest")]
public sealed class TraceGuestCommandsTests : TraceFixture
{
    [Fact]
    public void A_snapshot_is_taken_cleared_and_freed()
    {
        Run("New-TraceInstance snap");
        Run("Write-TraceMarker first -Instance snap");

        TraceSnapshot snapshot = Single<TraceSnapshot>("Save-TraceSnapshot -Instance snap");

        Assert.True(snapshot.IsAllocated);
        Assert.Contains("first", File.ReadAllText(snapshot.Path), StringComparison.Ordinal);
        Assert.Equal(0, Run("Get-TraceBufferStatistics -Instance snap").Objects.Cast<TraceBufferStatistics>().Sum(s => s.Entries));
        Run("Save-TraceSnapshot -Clear -Instance snap");
        Assert.True(snapshot.IsAllocated);
        Assert.DoesNotContain("first", File.ReadAllText(snapshot.Path), StringComparison.Ordinal);
        Run("Save-TraceSnapshot -Free -Instance snap");
        Assert.False(snapshot.IsAllocated);
    }

    [Fact]
    public void A_snapshot_of_the_top_level_is_freed_with_the_session()
    {
        TraceSnapshot snapshot = Single<TraceSnapshot>("Save-TraceSnapshot -TopLevel");
        Assert.True(snapshot.IsAllocated);

        Assert.Empty(TraceSession.Current.ReleaseAll());

        Assert.False(snapshot.IsAllocated);
    }

    [Fact]
    public void A_trigger_takes_a_snapshot()
    {
        Run("New-TraceInstance shot | Add-TracepointTrigger sched:sched_process_exec Snapshot -Count 1");
        Run("Write-TraceMarker before -Instance shot");

        using var child = System.Diagnostics.Process.Start("true");
        child.WaitForExit();

        Assert.Contains("before", Read("shot", "snapshot"), StringComparison.Ordinal);
        Run("Remove-TracepointTrigger sched:sched_process_exec Snapshot -Instance shot");
    }

    [Fact]
    public void An_instance_goes_though_its_histograms_use_each_other()
    {
        Run("New-TraceInstance hist");
        File.AppendAllText(PathOf("hist", "events/sched/sched_waking/trigger"), "hist:keys=pid:ts0=common_timestamp.usecs if prio < 0");
        File.AppendAllText(PathOf("hist", "events/sched/sched_switch/trigger"), "hist:keys=next_pid:lat=common_timestamp.usecs-$ts0:onmax($lat).save(next_comm)");

        Run("Remove-TraceInstance hist");

        Assert.False(Directory.Exists(PathOf("hist")));
    }

    [Fact]
    public void Functions_are_those_that_can_be_traced()
    {
        KernelFunction function = Single<KernelFunction>("Get-KernelFunction vfs_read");

        Assert.Equal((true, null), (function.IsTraceable, function.Module));
        Assert.NotNull(function.Address);
        Fail("Get-KernelFunction vfs_raed", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void The_deepest_stack_is_found_and_the_tracer_left_off()
    {
        HostResult result = Run("Get-KernelStackMaximum -Duration 2");
        KernelStackMaximum maximum = Assert.IsType<KernelStackMaximum>(Assert.Single(result.Objects));

        Assert.InRange(maximum.Size, 200, 32 * 1024);
        Assert.NotEmpty(maximum.Entries);
        Assert.Equal(Enumerable.Range(0, maximum.Entries.Count), maximum.Entries.Select(e => e.Index));
        Assert.False(Single<KernelStackMaximum>("Get-KernelStackMaximum").IsEnabled);
    }
}
