using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Add-TracepointTrigger: has the kernel do something when a tracepoint is hit.</summary>
[Cmdlet(VerbsCommon.Add, "TracepointTrigger", SupportsShouldProcess = true)]
[OutputType(typeof(Tracepoint))]
public sealed class AddTracepointTriggerCommand : TracepointChangeCommand
{
    private TracepointTrigger? _trigger;

    /// <summary>What is done.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [ValidateSet(nameof(TracepointTriggerAction.TraceOn), nameof(TracepointTriggerAction.TraceOff), nameof(TracepointTriggerAction.StackTrace),
        nameof(TracepointTriggerAction.Snapshot), nameof(TracepointTriggerAction.EnableEvent), nameof(TracepointTriggerAction.DisableEvent))]
    public TracepointTriggerAction Action { get; set; }

    /// <summary>The event that EnableEvent and DisableEvent switch.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string? Target { get; set; }

    /// <summary>How often it is done; always if nothing is said.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>A filter in the kernel's words: only hits that pass it count.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? Filter { get; set; }

    protected override void BeginProcessing()
    {
        bool isSwitch = Action is TracepointTriggerAction.EnableEvent or TracepointTriggerAction.DisableEvent;
        if (isSwitch && Target is null)
            ThrowUsage("TargetMissing", $"The trigger {Action} needs -Target: the event to switch.");
        if (!isSwitch && Target is not null)
            ThrowUsage("TargetNotUsed", $"The trigger {Action} switches no event: leave -Target out.", Target);
    }

    protected override void ProcessRecord()
    {
        if (_trigger is null && !Try(Target, () => _trigger = new TracepointTrigger(Action, Target is null ? null : FindTarget(Target), Count, Filter)))
            return;
        base.ProcessRecord();
    }

    protected override string Describe() => $"Add the trigger '{_trigger?.Command}'";

    protected override void Change(Tracepoint tracepoint) => TracepointControl.AddTrigger(tracepoint, _trigger!, Persistent);

    // Events are the same in all instances.
    private string FindTarget(string name)
    {
        TracingDirectory top = TracingDirectory.Open(SystemPaths.Default, null, VerboseWriter);
        TracepointFilter filter = TracepointFilter.Create(name);
        Tracepoint[] found = [.. filter.Find(top).Take(2)];
        return found switch
        {
            [var one] => one.Event,
            [] => throw TracepointCatalogue.NotFound(top, name),
            _ => throw new TraceNameException(name, $"'{name}' is more than one event: a trigger switches one, {found[0]} or {found[1]} say."),
        };
    }
}
