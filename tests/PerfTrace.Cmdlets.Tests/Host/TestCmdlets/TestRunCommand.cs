using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Runs a command, but has no place for the remaining arguments.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Run")]
public sealed class TestRunCommand : RecordingCommand
{
    [Parameter]
    public string? Command { get; set; }

    [Parameter]
    public string[] ArgumentList { get; set; } = [];

    [Parameter(Position = 0)]
    public string? Where { get; set; }
}
