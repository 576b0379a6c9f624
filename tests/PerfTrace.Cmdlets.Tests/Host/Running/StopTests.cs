using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Running;

public sealed class StopTests
{
    [Fact]
    public void ACmdletThatIsStoppedMayStillWriteItsTotals()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = RunAndStop("Wait-Stop", stopAt: "waiting");
        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["waiting", "total"], result.Objects);
        Assert.Equal("\"waiting\"\n\"total\"\n", result.StdOut);
        Assert.Equal(["stop", "dispose"], journal.Lines);
    }

    [Fact]
    public void AWaitThatEndsByCancellationIsNoError()
    {
        TraceJournal.Begin();
        HostResult result = RunAndStop("Wait-Stop -ThrowCanceled", stopAt: "waiting");
        Assert.Equal(130, result.ExitCode);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void ACmdletThatDoesNotListenIsStoppedAtItsNextObject()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = RunAndStop("Write-Endlessly", stopAt: 3);
        Assert.Equal(130, result.ExitCode);
        Assert.Equal([1, 2, 3], result.Objects);
        Assert.Equal(["dispose"], journal.Lines);
    }

    [Fact]
    public void WhatComesAfterAListenerMayWriteToo()
    {
        TraceJournal.Begin();
        HostResult result = RunAndStop("Wait-Stop | Invoke-Journal B", stopAt: "waiting");
        Assert.Equal(["waiting", "total"], result.Objects);
    }

    [Fact]
    public void AnErrorWhileStoppingIsReportedAndTheOthersAreStopped()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = RunAndStop("Wait-Stop -ThrowInStop", stopAt: "waiting");
        Assert.Equal("Wait-Stop: cannot stop\n", result.StdErr);
        Assert.Equal(["waiting", "total"], result.Objects);
        Assert.Equal(["stop", "dispose"], journal.Lines);
    }

    [Fact]
    public async Task FromAnotherThread()
    {
        TraceJournal.Begin();
        HostSession session = TestHost.NewSession();
        using var waiting = new ManualResetEventSlim();
        session.ObjectWritten = _ => waiting.Set();
        Task<HostResult> run = Task.Run(() => session.Run("Wait-Stop"));
        Assert.True(waiting.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        session.Stop();
        session.Stop();
        HostResult result = await run;
        Assert.Equal(130, result.ExitCode);
        Assert.Equal(["waiting", "total"], result.Objects);
    }

    [Fact]
    public void AStopConcernsOneRunOnly()
    {
        TraceJournal.Begin();
        HostSession session = TestHost.NewSession();
        session.Stop();
        session.ObjectWritten = _ => session.Stop();
        Assert.Equal(130, session.Run("Write-Endlessly").ExitCode);
        session.ObjectWritten = null;
        Assert.Equal(0, session.Run("Write-Item 1").ExitCode);
    }

    private static HostResult RunAndStop(string line, object stopAt)
    {
        HostSession session = TestHost.NewSession();
        session.ObjectWritten = value =>
        {
            if (stopAt.Equals(value))
                session.Stop();
        };
        return session.Run(line);
    }
}
