using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class TraceHistogramCommandTests : CmdletFixture
{
    private static void SkipWhereTheKernelHasThem() => Assert.SkipWhen(
        TraceHistograms.IsSupported(TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default)), "This kernel has histograms: the tests in the guest are about them.");

    [Theory]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid", "CONFIG_HIST_TRIGGERS")]
    [InlineData("Get-TraceHistogram", "CONFIG_HIST_TRIGGERS")]
    [InlineData("Get-TraceHistogram sched:sched_switch", "CONFIG_HIST_TRIGGERS")]
    [InlineData("Remove-TraceHistogram *", "CONFIG_HIST_TRIGGERS")]
    [InlineData("Set-TraceHistogram * -Pause", "CONFIG_HIST_TRIGGERS")]
    [InlineData("New-SyntheticEvent lat -Field 'u64 lat'", "CONFIG_SYNTH_EVENTS")]
    [InlineData("New-SyntheticEvent lat -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid", "CONFIG_SYNTH_EVENTS")]
    [InlineData("Get-SyntheticEvent", "CONFIG_SYNTH_EVENTS")]
    [InlineData("Remove-SyntheticEvent lat", "CONFIG_SYNTH_EVENTS")]
    public void A_kernel_without_says_what_it_lacks_and_nothing_is_made(string line, string option)
    {
        SkipWhereTheKernelHasThem();
        HostResult result = Host.Run(line);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("NotSupported,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.NotImplemented, error.CategoryInfo.Category);
        Assert.Contains(option, error.Exception.Message, StringComparison.Ordinal);
        Assert.Null(TraceSession.Current.FindSessionInstance(PerfTrace.Kernel.SystemPaths.Default));
    }

    [Theory]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a:size=9", "HistogramSyntax", ErrorCategory.ParserError)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Name 'b c'", "HistogramSyntax", ErrorCategory.ParserError)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Variable size=9", "HistogramSyntax", ErrorCategory.ParserError)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -OnMax 'onmatch(sched.sched_waking).trace(a)'", "HistogramSyntax", ErrorCategory.ParserError)]
    [InlineData("New-TraceHistogram sched:sched_swich -Key a", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Instance a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Persistent", "PersistentNeedsPlace", ErrorCategory.InvalidArgument)]
    [InlineData("Set-TraceHistogram *", "NothingToDo", ErrorCategory.InvalidArgument)]
    [InlineData("Set-TraceHistogram * -Pause -Resume", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) =>
        Fail(line, id, category);

    [Theory]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Size 0")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -Size 131073")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key a -OnMax save")]
    [InlineData("New-SyntheticEvent lat -Field 'u64 a' -Start sched:sched_waking")]
    public void What_can_not_be_bound_is_bad_usage(string line) => Assert.Equal(2, Host.Run(line).ExitCode);
}
