using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

[Cmdlet(VerbsDiagnostic.Test, "Mandatory")]
public sealed class TestMandatoryCommand : RecordingCommand
{
    [Parameter(Mandatory = true, Position = 0)]
    public string? First { get; set; }

    [Parameter(Mandatory = true)]
    [AllowEmptyCollection]
    public string[] Second { get; set; } = [];
}
