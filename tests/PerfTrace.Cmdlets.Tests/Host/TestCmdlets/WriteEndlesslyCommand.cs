using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Never looks whether it is to stop.</summary>
[Cmdlet(VerbsCommunications.Write, "Endlessly")]
public sealed class WriteEndlesslyCommand : PSCmdlet, IDisposable
{
    private readonly TraceJournal _journal = TraceJournal.Current!;

    protected override void ProcessRecord()
    {
        for (int i = 1; i < 100_000_000; i++)
            WriteObject(i);
        throw new TimeoutException("Nobody stopped it.");
    }

    public void Dispose() => _journal.Add("dispose");
}
