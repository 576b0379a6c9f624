using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Parameter sets without a default, told apart by type and by what is mandatory.</summary>
[Cmdlet(VerbsDiagnostic.Test, "NoDefault")]
public sealed class TestNoDefaultCommand : RecordingCommand
{
    [Parameter(ParameterSetName = "ById", Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public int Id { get; set; }

    [Parameter(ParameterSetName = "ByName", Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Name { get; set; }

    [Parameter(ParameterSetName = "ByName")]
    public SwitchParameter Exact { get; set; }

    [Parameter]
    public SwitchParameter Quick { get; set; }
}
