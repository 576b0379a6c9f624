using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Register-TracepointEvent: tracepoints as PowerShell events, with an action or for Get-Event.</summary>
[Cmdlet(VerbsLifecycle.Register, "TracepointEvent", DefaultParameterSetName = CpuSetName, SupportsShouldProcess = true)]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterTracepointEventCommand : TracepointStreamCommand
{
    /// <summary>The name of the subscription, for Get-Event and Unregister-Event; made up unless given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceIdentifier { get; set; }

    /// <summary>What to do with each event: $Event.SourceArgs[0] is it.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? Action { get; set; }

    /// <summary>An object for the action: $Event.MessageData.</summary>
    [Parameter]
    public PSObject? MessageData { get; set; }

    /// <summary>Unsubscribe after so many events.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxTriggerCount { get; set; }

    /// <summary>So many events may wait for Get-Event, or for the action. Without an action more are dropped and counted.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxQueued { get; set; } = 10_000;

    protected override void EndProcessing()
    {
        string identifier = SourceIdentifier ?? $"PerfTrace.{Guid.NewGuid():N}";
        if (Events.GetEventSubscribers(identifier).Any())
        {
            ThrowUsage("SubscriberExists", $"There is a subscription '{identifier}' already: choose another name, or end it with Unregister-Event -SourceIdentifier '{identifier}'.", identifier);
            return;
        }
        if (!ShouldProcess(string.Join(", ", Event), Command is null ? $"Subscribe as '{identifier}'" : $"Subscribe as '{identifier}', and run {Command[0]}"))
            return;
        TracepointStream? stream = OpenStream(overwrite: false, isInteractive: false, out WhereCompiler? shellFilter);
        if (stream is null)
            return;
        try
        {
            // Not in the subscription's thread: whoever has registered may rely on it that what he does next is seen.
            stream.Start();
        }
        catch (Exception e) when (e is CommandException or KernelException)
        {
            stream.Dispose();
            WriteProblem(e, Command?[0] ?? (object)Event);
            return;
        }
        var subscription = new TracepointSubscription(stream, shellFilter, Events, identifier, MessageData, Action is not null, MaxQueued);
        PSEventSubscriber subscriber = Events.SubscribeEvent(subscription, nameof(TracepointSubscription.Received), identifier, MessageData,
            Action is null ? null : CountingAction(Action), supportEvent: false, forwardEvent: false, MaxTriggerCount);
        subscription.Start();
        if (subscriber.Action is not null)
            WriteObject(subscriber.Action);
    }

    // PowerShell tells nobody when an action has run. So the action itself says that it begins, in a statement before its first.
    private static ScriptBlock CountingAction(ScriptBlock action)
    {
        var tree = (ScriptBlockAst)action.Ast;
        NamedBlockAst? block = tree.BeginBlock ?? tree.ProcessBlock ?? tree.EndBlock;
        string text = tree.Extent.Text;
        int start = tree.Extent.StartOffset;
        // A script block literal has its braces in its extent, one from text has not.
        bool hasBraces = text.StartsWith('{') && text.EndsWith('}') && tree.Parent is ScriptBlockExpressionAst;
        int at = (block?.Statements is [var first, ..] ? first.Extent.StartOffset : block?.Extent.EndOffset ?? tree.Extent.EndOffset) - start;
        string counting = text.Insert(at, "$Sender.Taken(); ");
        return ScriptBlock.Create(hasBraces ? counting[1..^1] : counting);
    }
}
