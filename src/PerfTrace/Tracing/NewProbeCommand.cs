using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>The parameters of New-KProbe and New-UProbe that are the same.</summary>
public abstract class NewProbeCommand : ProbeCommand
{
    /// <summary>What is fetched, in the kernel's words: <c>filename=+0($arg2):ustring</c>.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Argument { get; set; } = [];

    /// <summary>Fires when the function returns.</summary>
    [Parameter]
    public SwitchParameter Return { get; set; }

    /// <summary>The event's name; made from the function's where it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The event's system; named after the session where it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <summary>The probe stays when the session ends.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>The group that was asked for, or else the session's or that of what stays.</summary>
    private protected string ChosenGroup => Group ?? (Persistent ? ProbeGroups.Persistent : ProbeGroups.Session);

    private protected IReadOnlyList<ProbeArgument> ParseArguments() => [.. Argument.Select(ProbeArgument.Parse)];

    /// <summary>In double quotes PowerShell makes <c>+0($arg2)</c> into <c>+0()</c>, and the kernel's complaint does not tell why.</summary>
    private protected void HintAtQuotes(TraceCommandException refusal)
    {
        if (refusal.Command.Contains("()", StringComparison.Ordinal) || Argument.Any(static a => a.EndsWith('=') || a.Contains("=:", StringComparison.Ordinal)))
            WriteWarning("In double quotes PowerShell takes $arg1 for a variable of its own and puts nothing in its place: write fetch arguments in single quotes.");
    }
}
