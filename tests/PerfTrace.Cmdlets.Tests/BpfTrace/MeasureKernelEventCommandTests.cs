using System.Management.Automation;
using PerfTrace.BpfTrace;
using PerfTrace.Host;
using PerfTrace.Host.Running;

namespace PerfTrace.Tests.BpfTrace;

[Collection(CmdletCollection.Name)]
public sealed class MeasureKernelEventCommandTests : CmdletFixture
{
    private const string Copy = "-Command dd, if=/dev/zero, of=/dev/null, bs=1000, count=50, status=none";

    [Fact]
    public void GroupsAreObjectsWithTheirProperties()
    {
        object all = Run($"Measure-KernelEvent syscalls:sys_exit_read -GroupBy ret, commandname -Sum ret -Count {Copy}").Objects
            .Single(static o => Equals(o!.GetType().GetProperty("ret")!.GetValue(o), 1000L))!;

        var one = Assert.IsAssignableFrom<KernelEventMeasurement>(all);
        Assert.Equal((50L, 50_000L, "1000, dd"), (one.Count, one.Sum, one.Group));
        Assert.NotNull(one.GetType().GetProperty("CommandName"));
    }

    [Fact]
    public void HistogramsAreShownWithBars()
    {
        string? text = Assert.IsAssignableFrom<KernelEventHistogram>(
            Assert.Single(Run($"Measure-KernelEvent syscalls:sys_exit_read -Histogram ret -HistogramStep 500 -HistogramTo 2000 {Copy}").Objects)).ToString();

        Assert.Matches(@"\[1000, 1500\)\s+50 \|@{52}\|", text);
    }

    [Fact]
    public void EventsComeThroughThePipeline() => Assert.Equal(["syscalls:sys_enter_read", "syscalls:sys_exit_read"],
        Run($"Get-Tracepoint syscalls:sys_enter_read, syscalls:sys_exit_read | Measure-KernelEvent {Copy}").Objects.Select(static o => ((KernelEventMeasurement)o!).Event).Order());

    [Fact]
    public void WhatIsNotThereIsNamedWithItsNeighbour()
    {
        ErrorRecord error = Fail("Measure-KernelEvent syscalls:sys_exit_read -Sum rett -Duration 1", "ScriptError", ErrorCategory.ParserError);

        Assert.Contains("did you mean ret?", error.ErrorDetails!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEventThatIsNotThereIsAnErrorAndTheOthersAreMeasured()
    {
        var result = Host.Run($"Measure-KernelEvent syscalls:sys_exit_rea, syscalls:sys_exit_read {Copy}");

        Assert.StartsWith("TracepointNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("syscalls:sys_exit_read", ((KernelEventMeasurement)Assert.Single(result.Objects)!).Event);
    }

    [Theory]
    [InlineData("-HistogramStep 5")]
    [InlineData("-Histogram ret -HistogramTo 5")]
    [InlineData("-NoInherit")]
    [InlineData("-ProcessId 1 -Command true")]
    public void WhatExcludesEachOtherIsSaid(string parameters) =>
        Fail($"Measure-KernelEvent syscalls:sys_exit_read {parameters}", "ContradictoryParameters", ErrorCategory.InvalidArgument);

    [Fact]
    public void AnIntervalHasAMillisecondAtLeast() => Fail("Measure-KernelEvent syscalls:sys_exit_read -Interval 100us", "IntervalTooShort", ErrorCategory.InvalidArgument);

    [Fact]
    public void ACommandThatIsNotThereIsAnError() => Fail("Measure-KernelEvent syscalls:sys_exit_read -Command /no/such/program", "CommandNotFound", ErrorCategory.ObjectNotFound);

    [Fact]
    public void AStopEndsIt()
    {
        using var timer = new Timer(_ => Host.Stop(), null, 1000, 100);

        HostResult result = Host.Run("Measure-KernelEvent syscalls:sys_exit_read -Duration 60");

        Assert.Empty(result.Errors);
        Assert.Equal(ExitCodes.Interrupted, result.ExitCode);
    }
}
