using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>A parameter for each validation attribute.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Validation")]
public sealed class TestValidationCommand : RecordingCommand
{
    [Parameter]
    [ValidateSet("One", "Two")]
    public string[] Set { get; set; } = [];

    [Parameter]
    [ValidateRange(1, 10)]
    public double Range { get; set; }

    [Parameter]
    [ValidateCount(2, 3)]
    public int[] Several { get; set; } = [];

    [Parameter]
    [ValidateLength(2, 4)]
    public string? Length { get; set; }

    [Parameter]
    [ValidatePattern("^[a-c]+$")]
    public string[] Pattern { get; set; } = [];

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Filled { get; set; } = [];

    [Parameter]
    [ValidateNotNull]
    public object? Present { get; set; }

    [Parameter]
    public string? Picky
    {
        get;
        set => field = value == "bad" ? throw new ArgumentException("The setter does not like it.") : value;
    }
}
