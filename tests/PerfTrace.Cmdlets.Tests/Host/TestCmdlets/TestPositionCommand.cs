using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

[Cmdlet(VerbsDiagnostic.Test, "Position")]
public sealed class TestPositionCommand : RecordingCommand
{
    [Parameter(Position = 0)]
    public int Number { get; set; }
}
