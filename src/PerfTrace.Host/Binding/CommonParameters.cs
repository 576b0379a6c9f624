using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>The parameters that every cmdlet has. Those that store into variables are known by name only, to be refused with a reason.</summary>
internal class CommonParameters
{
    private const string NoVariables = "perftrace is not a PowerShell: it has no variables.";

    [Parameter, Alias("vb")]
    public SwitchParameter Verbose { get; set; }

    [Parameter, Alias("db")]
    public SwitchParameter Debug { get; set; }

    [Parameter, Alias("ea"), HostActionPreference]
    public ActionPreference ErrorAction { get; set; } = ActionPreference.Continue;

    [Parameter, Alias("wa"), HostActionPreference]
    public ActionPreference WarningAction { get; set; } = ActionPreference.Continue;

    [Parameter, Alias("infa"), HostActionPreference]
    public ActionPreference InformationAction { get; set; } = ActionPreference.SilentlyContinue;

    [Parameter, Alias("ev"), NeedsPowerShell(NoVariables)]
    public string? ErrorVariable { get; set; }

    [Parameter, Alias("wv"), NeedsPowerShell(NoVariables)]
    public string? WarningVariable { get; set; }

    [Parameter, Alias("iv"), NeedsPowerShell(NoVariables)]
    public string? InformationVariable { get; set; }

    [Parameter, Alias("ov"), NeedsPowerShell(NoVariables)]
    public string? OutVariable { get; set; }

    [Parameter, Alias("pv"), NeedsPowerShell(NoVariables)]
    public string? PipelineVariable { get; set; }

    [Parameter, Alias("ob"), NeedsPowerShell("perftrace never holds objects back: each goes down the pipeline as it is written.")]
    public int OutBuffer { get; set; }

    [Parameter, Alias("proga"), NeedsPowerShell("perftrace shows progress on a terminal only; redirect standard error to be without it.")]
    public string? ProgressAction { get; set; }
}
