using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Notes each step of its life, passes input on, and fails where it is told to.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Journal")]
public sealed class InvokeJournalCommand : PSCmdlet, IDisposable
{
    // Dispose and StopProcessing can run on other threads, where the journal of the test is not in sight.
    private readonly TraceJournal _journal = TraceJournal.Current!;

    [Parameter(Position = 0)]
    public string Tag { get; set; } = "";

    [Parameter(ValueFromPipeline = true)]
    public object? Input { get; set; }

    /// <summary>Without input: how many objects to write.</summary>
    [Parameter]
    public int Produce { get; set; }

    [Parameter]
    public string? FailIn { get; set; }

    protected override void BeginProcessing() => Step("begin");

    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput)
        {
            Step($"process {Input}");
            WriteObject(Input);
            return;
        }

        Step("process");
        for (int i = 1; i <= Produce; i++)
        {
            _journal.Add($"{Tag} writes {i}");
            WriteObject(i);
        }
    }

    protected override void EndProcessing() => Step("end");

    public void Dispose() => Step("dispose");

    private void Step(string step)
    {
        _journal.Add($"{Tag} {step}");
        if (step.Split(' ')[0] == FailIn)
            throw new InvalidDataException($"{Tag} fails in {step}");
    }
}
