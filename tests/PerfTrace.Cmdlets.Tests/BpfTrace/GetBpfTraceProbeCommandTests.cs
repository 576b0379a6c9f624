using System.Management.Automation;
using PerfTrace.BpfTrace;
using PerfTrace.Commands;
using PerfTrace.Host;

namespace PerfTrace.Tests.BpfTrace;

[Collection(CmdletCollection.Name)]
public sealed class GetBpfTraceProbeCommandTests : CmdletFixture
{
    [Fact]
    public void ProbesAreListedByPattern()
    {
        object?[] probes = [.. Run("Get-BpfTraceProbe tracepoint:sched:sched_switch,software:cpu-c*").Objects];

        Assert.Equal(["tracepoint:sched:sched_switch", "software:cpu-clock"], probes.Cast<BpfTraceProbe>().Select(static p => p.Name));
    }

    [Fact]
    public void ArgumentsAreOfEachProbe()
    {
        object?[] arguments = [.. Run("Get-BpfTraceProbe tracepoint:sched:sched_sw* -Argument").Objects];

        Assert.Contains(new BpfTraceProbeArgument("tracepoint:sched:sched_switch", "next_pid", "pid_t"), arguments);
    }

    [Fact]
    public void WhatIsWrongDoesNotEndThePipeline()
    {
        HostResult result = Host.Run("Get-BpfTraceProbe tracepoint:sched:nothing,software:cpu-clock");

        Assert.Single(result.Objects);
        Assert.StartsWith("ProbeNotFound,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Fail("Get-BpfTraceProbe uprobe:/etc/passwd:*", "InvalidElf", ErrorCategory.InvalidData);
        Fail("Get-BpfTraceProbe profile:*", "ProbeNotFound", ErrorCategory.ObjectNotFound);
    }

    [Theory]
    [InlineData("Name", "trace", "tracepoint:")]
    [InlineData("Name", "tracepoint:sche", "tracepoint:sched:")]
    [InlineData("Name", "tracepoint:sched:sched_swi", "tracepoint:sched:sched_switch")]
    [InlineData("Name", "software:cpu", "software:cpu-clock")]
    [InlineData("Name", "uprobe:/bin/bash:readl", "uprobe:/bin/bash:readline")]
    [InlineData("Name", "uprobe:/no/such:x", null)]
    [InlineData("Script", "'tracepoint:sched:sched_swi", "'tracepoint:sched:sched_switch")]
    [InlineData("Script", "'BEGIN { } tracepoint:sched:sched_swi", "'BEGIN { } tracepoint:sched:sched_switch")]
    [InlineData("Script", "'BEGIN, soft", "'BEGIN, software:")]
    [InlineData("Script", "'BEGIN { soft", null)]
    [InlineData("Name", "uprobe:/bin/bas", "uprobe:/bin/bash")]
    [InlineData("Script", "'uprobe:/bin/bash:readl", "'uprobe:/bin/bash:readline")]
    [InlineData("Script", "'BEGIN, uprobe:/bin/bash:readl", "'BEGIN, uprobe:/bin/bash:readline")]
    [InlineData("Script", "'uprobe:/bin/bas", "'uprobe:/bin/bash")]
    [InlineData("Script", "'kprobe:vfs_read /soft", null)]
    public void NamesAreCompleted(string parameter, string word, string? expected)
    {
        string[] all = [.. new BpfTraceProbeCompleter().CompleteArgument("", parameter, word, null!, new System.Collections.Hashtable()).Select(static c => c.CompletionText)];

        if (expected is null)
            Assert.Empty(all);
        else
            Assert.Contains(expected, all);
    }
}
