using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Takes input by value and by property name, with defaults that must come back.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Pipeline")]
public sealed class TestPipelineCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public int Number { get; set; } = -1;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Key { get; set; } = "none";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Amount", "Quantity")]
    public long Total { get; set; } = -1;

    protected override void ProcessRecord() => WriteObject($"{Number}/{Key}/{Total}");
}
