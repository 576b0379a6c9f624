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

    /// <summary>Changes all of a system at once. False: nothing was changed, and each is to be changed by itself.</summary>
    protected virtual bool ChangeWhole(IReadOnlyList<Tracepoint> tracepoints) => false;

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
        // What tracers write can not be changed; by its name it gets the error that says so.
        foreach (List<Tracepoint> system in BySystem(filter.Find(target.LookUp).Where(t => !filter.IsWildcard || t.System != "ftrace")))
        {
            isFound = true;
            if (!ChangeSystem(target, filter, system))
                return;
        }
        if (!isFound && !filter.IsWildcard)
            WriteProblem(TracepointCatalogue.NotFound(target.LookUp, name), name);
    }

    // They come sorted.
    private static IEnumerable<List<Tracepoint>> BySystem(IEnumerable<Tracepoint> tracepoints)
    {
        List<Tracepoint>? system = null;
        foreach (Tracepoint tracepoint in tracepoints)
        {
            if (system is not null && system[0].System != tracepoint.System)
            {
                yield return system;
                system = null;
            }
            (system ??= []).Add(tracepoint);
        }
        if (system is not null)
            yield return system;
    }

    // False: it was stopped. Objects come out as each is changed, so that with them no two are changed at once.
    private bool ChangeSystem(TraceTarget target, TracepointFilter filter, List<Tracepoint> all)
    {
        bool isWhole = all.Count > 1 && !PassThru && filter.MatchesAllOf(all[0].System);
        if (isWhole)
        {
            Tracepoint[] agreed = [.. all.TakeWhile(_ => !StopToken.IsCancellationRequested).Where(t => IsAgreed(target, t))];
            if (StopToken.IsCancellationRequested)
                return false;
            if (agreed.Length == 0 || (agreed.Length == all.Count && TryWhole(target, agreed)))
                return true;
            all = [.. agreed];
        }
        foreach (Tracepoint tracepoint in all)
        {
            if (StopToken.IsCancellationRequested)
                return false;
            if (isWhole || IsAgreed(target, tracepoint))
                ChangeOne(target, tracepoint);
        }
        return true;
    }

    private bool IsAgreed(TraceTarget target, Tracepoint tracepoint) => ShouldProcess($"{tracepoint} in {target.Description}", Describe());

    private bool TryWhole(TraceTarget target, Tracepoint[] tracepoints)
    {
        bool isDone = false;
        Try(tracepoints[0].System, () =>
        {
            TracingDirectory directory = target.Open();
            isDone = ChangeWhole([.. tracepoints.Select(t => t.In(directory))]);
            if (isDone)
                WriteVerbose($"{Describe()}: {tracepoints[0].System}:* ({tracepoints.Length} tracepoints) in {directory.Instance ?? "the top-level buffer"}.");
        });
        if (isDone)
            Count(tracepoints.Length, tracepoints[0].System);
        return isDone;
    }

    private void ChangeOne(TraceTarget target, Tracepoint found)
    {
        Tracepoint tracepoint = found;
        bool isDone = Try(found.Event, () =>
        {
            tracepoint = found.In(target.Open());
            Change(tracepoint);
            WriteVerbose($"{Describe()}: {tracepoint} in {tracepoint.Instance ?? "the top-level buffer"}.");
        });
        if (isDone && PassThru)
            WriteObject(tracepoint);
        Count(1, found.Event);
    }

    private void Count(int number, string name)
    {
        const int step = 16;
        bool isTold = (_done + number) / step > _done / step;
        _done += number;
        if (isTold && _clock.Elapsed > TimeSpan.FromSeconds(1))
            WriteProgress(new ProgressRecord(1, MyInvocation.InvocationName, name));
    }
}
