using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Waits until it is stopped, and then still has totals to write.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Stop")]
public sealed class WaitStopCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim _stopped = new();
    private readonly TraceJournal _journal = TraceJournal.Current!;

    [Parameter]
    public SwitchParameter ThrowCanceled { get; set; }

    [Parameter]
    public SwitchParameter ThrowInStop { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject("waiting");
        if (!_stopped.Wait(TimeSpan.FromSeconds(20)))
            throw new TimeoutException("Nobody stopped it.");
        if (ThrowCanceled)
            throw new OperationCanceledException();
        WriteObject(Stopping ? "total" : "not stopping");
    }

    protected override void StopProcessing()
    {
        _journal.Add("stop");
        _stopped.Set();
        if (ThrowInStop)
            throw new InvalidOperationException("cannot stop");
    }

    public void Dispose()
    {
        _journal.Add("dispose");
        _stopped.Dispose();
    }
}
