using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What cmdlets share that change tracepoints in an instance.</summary>
public abstract class TracepointChangeCommand : TraceInstanceCommand
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _done;

    /// <summary>Tracepoints as system:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>What is changed outside the session's own instances stays when the session ends.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Writes the tracepoints that were changed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What <c>-WhatIf</c> says is done.</summary>
    protected abstract string Describe();

    /// <summary>Changes one.</summary>
    protected abstract void Change(Tracepoint tracepoint);

    protected override void ProcessRecord()
    {
        if (FindTarget() is not { } target)
            return;
        foreach (string name in Event)
            ChangeAll(target, name);
    }

    protected override void EndProcessing()
    {
        if (_clock.Elapsed > TimeSpan.FromSeconds(1))
            WriteProgress(new ProgressRecord(1, MyInvocation.InvocationName, "done") { RecordType = ProgressRecordType.Completed });
    }

    private void ChangeAll(TraceTarget target, string name)
    {
        TracepointFilter filter = TracepointFilter.Create(name);
        bool isFound = false;
        foreach (Tracepoint found in filter.Find(target.LookUp))
        {
            if (StopToken.IsCancellationRequested)
                return;
            // What tracers write can not be changed; by its name it gets the error that says so.
            if (filter.IsWildcard && found.System == "ftrace")
                continue;
            isFound = true;
            ChangeOne(target, found);
        }
        if (!isFound && !filter.IsWildcard)
            WriteProblem(TracepointCatalogue.NotFound(target.LookUp, name), name);
    }

    private void ChangeOne(TraceTarget target, Tracepoint found)
    {
        if (!ShouldProcess($"{found} in {target.Description}", Describe()))
            return;
        Tracepoint tracepoint = found;
        bool isDone = Try(found.Event, () =>
        {
            tracepoint = found.In(target.Open());
            Change(tracepoint);
            WriteVerbose($"{Describe()}: {tracepoint} in {tracepoint.Instance ?? "the top-level buffer"}.");
        });
        if (isDone && PassThru)
            WriteObject(tracepoint);
        if (++_done % 16 == 0 && _clock.Elapsed > TimeSpan.FromSeconds(1))
            WriteProgress(new ProgressRecord(1, MyInvocation.InvocationName, found.Event));
    }
}
