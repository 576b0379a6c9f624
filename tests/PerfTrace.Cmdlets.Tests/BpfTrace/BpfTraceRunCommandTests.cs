using System.Management.Automation;
using PerfTrace.BpfTrace;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Host.Running;

namespace PerfTrace.Tests.BpfTrace;

[Collection(CmdletCollection.Name)]
public sealed class BpfTraceRunCommandTests : CmdletFixture, IDisposable
{
    public void Dispose() => Host.Run("Get-BpfTrace -State Running | Stop-BpfTrace");

    [Fact]
    public void AScriptInTheBackgroundIsStoppedById()
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'BEGIN { @x[$1] = 7; } END { printf(\"end\\n\"); }' 5");
        Assert.Equal((BpfTraceRunState.Running, "stdin"), (run.State, run.Name));
        Assert.Same(run, Single<BpfTraceRun>($"Get-BpfTrace {run.Id} -State Running"));

        object?[] given = [.. Run($"Stop-BpfTrace {run.Id}").Objects];

        Assert.Equal("end\n", Assert.IsType<BpfTracePrint>(given[0]).Text);
        Assert.Equal("@x", Assert.IsType<BpfTraceMapEntry>(given[1]).Map);
        Assert.Equal(2, given.Length);
        Assert.Equal(BpfTraceRunState.Completed, run.State);
        Assert.Empty(Run($"Stop-BpfTrace {run.Id}").Objects);
        Assert.Empty(Run($"Get-BpfTrace {run.Id} -State Running").Objects);
    }

    [Fact]
    public void WhatCameIsReceivedOnceUnlessItIsKept()
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'BEGIN { printf(\"one \"); printf(\"two\\n\"); }'");
        Assert.True(SpinWait.SpinUntil(() => run.Waiting == 2, TimeSpan.FromSeconds(10)));

        Assert.Equal(2, Run($"Receive-BpfTrace {run.Id} -Keep").Objects.Count);
        Assert.Equal(["one two"], Run($"Receive-BpfTrace {run.Id} -AsText").Objects);
        Assert.Empty(Run($"Receive-BpfTrace {run.Id}").Objects);
    }

    [Theory]
    [InlineData("Receive")]
    [InlineData("Stop")]
    public void WhatThePipelineDoesNotTakeCanBeReceivedLater(string verb)
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'BEGIN { printf(\"a\\n\"); printf(\"b\\n\"); printf(\"c\\n\"); }'");
        Assert.True(SpinWait.SpinUntil(() => run.Waiting == 3, TimeSpan.FromSeconds(30)));
        Host.ObjectWritten = _ => Host.Stop();

        Assert.Equal(["a"], Host.Run($"{verb}-BpfTrace {run.Id} -AsText").Objects);

        Host.ObjectWritten = null;
        Assert.Equal(["b", "c"], Run($"Receive-BpfTrace {run.Id} -AsText").Objects);
    }

    [Fact]
    public void ReceivingWaitsForTheEnd()
    {
        HostResult result = Run("Start-BpfTrace 'interval:ms:50 { printf(\"tick\\n\"); } interval:ms:220 { exit(); } END { printf(\"end\\n\"); }' | Receive-BpfTrace -Wait -AsText");

        Assert.Contains("tick", result.Objects);
        Assert.Equal("end", result.Objects[^1]);
    }

    [Fact]
    public void AStopEndsTheWaitingAndNotTheScript()
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'interval:s:100 { @ = 1; }'");
        using var timer = new Timer(_ => Host.Stop(), null, 300, 100);

        HostResult result = Host.Run($"Receive-BpfTrace {run.Id} -Wait");

        Assert.Equal(ExitCodes.Interrupted, result.ExitCode);
        Assert.Equal(BpfTraceRunState.Running, run.State);
    }

    [Fact]
    public void DroppedOutputIsTold()
    {
        HostResult result = Host.Run("Start-BpfTrace 'BEGIN { unroll(9) { printf(\"x\\n\"); } exit(); }' -MaxOutput 4 | Receive-BpfTrace -Wait");

        Assert.InRange(result.Objects.Count, 4, 9);
        Assert.Equal(result.Objects.Count < 9, result.StdErr.Contains("were dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void LossesInTheKernelAreTold()
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'config = { max_map_keys = 2 } BEGIN { @x[1] = 1; @x[2] = 1; @x[3] = 1; exit(); }'");
        Assert.True(run.WaitForEnd(CancellationToken.None));

        Assert.Equal(1, run.Lost.Entries["@x"]);
        Assert.Contains("@x was full", Host.Run($"Receive-BpfTrace {run.Id}").StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotThereIsAnError()
    {
        Fail("Stop-BpfTrace 99999", "BpfTraceNotFound", ErrorCategory.ObjectNotFound);
        Fail("Receive-BpfTrace 99999", "BpfTraceNotFound", ErrorCategory.ObjectNotFound);
        Fail("Get-BpfTrace 99999", "BpfTraceNotFound", ErrorCategory.ObjectNotFound);
        Fail("Start-BpfTrace 'BEGIN { nosuch(); }'", "ScriptError", ErrorCategory.ParserError);
        Fail("Start-BpfTrace -Path /no/such.bt", "NotFound", ErrorCategory.ObjectNotFound);
        Fail("Receive-BpfTrace 1 -Keep -Wait", "ContradictoryParameters", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void TheModuleEndsWhatRuns()
    {
        BpfTraceRun run = Single<BpfTraceRun>("Start-BpfTrace 'interval:s:100 { @ = 1; }'");

        ModuleResources.ReleaseAll();

        Assert.NotEqual(BpfTraceRunState.Running, run.State);
    }
}
