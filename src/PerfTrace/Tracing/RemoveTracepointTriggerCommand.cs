using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-TracepointTrigger: removes triggers from tracepoints.</summary>
[Cmdlet(VerbsCommon.Remove, "TracepointTrigger", SupportsShouldProcess = true, DefaultParameterSetName = ActionSet)]
[OutputType(typeof(Tracepoint))]
public sealed class RemoveTracepointTriggerCommand : TracepointChangeCommand
{
    private const string ActionSet = "Action", AllSet = "All";

    /// <summary>The triggers to remove: all that do this.</summary>
    [Parameter(ParameterSetName = ActionSet, Position = 1, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public TracepointTriggerAction[] Action { get; set; } = [];

    /// <summary>Of the triggers that switch events only those that switch this one; wildcards.</summary>
    [Parameter(ParameterSetName = ActionSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string? Target { get; set; }

    /// <summary>Removes all, histograms too.</summary>
    [Parameter(ParameterSetName = AllSet, Mandatory = true)]
    public SwitchParameter All { get; set; }

    protected override string Describe() => All ? "Remove all triggers" : $"Remove the triggers {string.Join(", ", Action)}";

    protected override void Change(Tracepoint tracepoint)
    {
        WildcardPattern? target = Target is null ? null : WildcardPattern.Get(Target, WildcardOptions.IgnoreCase);
        string[] chosen = [.. tracepoint.Triggers.Where(text => IsChosen(TracepointTrigger.Parse(text), target))];
        if (chosen.Length == 0 && !All && Event.Length == 1 && !WildcardPattern.ContainsWildcardCharacters(Event[0]))
            throw new TriggerNotFoundException(tracepoint.Event, string.Join(", ", Action), tracepoint.Triggers);
        // The last first: later ones may use what earlier ones define.
        foreach (string text in chosen.Reverse())
            TracepointControl.RemoveTrigger(tracepoint, text, Persistent);
    }

    private bool IsChosen(TracepointTrigger trigger, WildcardPattern? target) =>
        All || (Action.Contains(trigger.Action) && (target is null || (trigger.Target is { } name && target.IsMatch(name))));
}
