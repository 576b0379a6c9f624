using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

[Cmdlet(VerbsDiagnostic.Test, "Transformation")]
public sealed class TestTransformationCommand : RecordingCommand
{
    [Parameter(ValueFromPipeline = true)]
    [Doubled]
    [ValidateRange(0, 100)]
    public double Amount { get; set; }

    [Parameter]
    [Doubled]
    public int[] Amounts { get; set; } = [];

    [Parameter]
    [Reversed]
    public string? Word { get; set; }
}
