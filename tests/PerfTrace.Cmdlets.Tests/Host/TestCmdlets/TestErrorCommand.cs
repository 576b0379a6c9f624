using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Writes one error of the kind asked for, and then goes on.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Error")]
public sealed class TestErrorCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public string Kind { get; set; } = "record";

    protected override void ProcessRecord()
    {
        WriteVerbose("about to fail");
        WriteDebug("in depth");
        WriteWarning("look out");
        WriteInformation("by the way", []);
        var record = new ErrorRecord(new InvalidOperationException("it broke"), "TestBroke", ErrorCategory.DeviceError, "target-7")
        {
            ErrorDetails = new ErrorDetails("It broke badly.") { RecommendedAction = "Mend it." },
        };
        switch (Kind)
        {
            case "record":
                WriteError(record);
                break;
            case "terminating":
                ThrowTerminatingError(record);
                break;
            case "exception":
                throw new InvalidDataException("unexpected");
            case "carrier":
                throw new RuntimeException("carried", new InvalidOperationException(), record);
            case "thread":
                WriteElsewhere();
                break;
        }

        WriteObject("went on");
    }

    private void WriteElsewhere()
    {
        // Not a task: waiting for one may run it right here.
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => WriteObject(1)));
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
    }
}
