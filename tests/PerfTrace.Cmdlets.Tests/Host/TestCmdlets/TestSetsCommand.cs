using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Parameter sets with a default, as a counting cmdlet has them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Sets", DefaultParameterSetName = "Command")]
[Alias("tset")]
public sealed class TestSetsCommand : RecordingCommand
{
    [Parameter(ParameterSetName = "Command", Position = 0)]
    public string? Command { get; set; }

    [Parameter(ParameterSetName = "Command", Position = 1, ValueFromRemainingArguments = true)]
    public string[] ArgumentList { get; set; } = [];

    [Parameter(ParameterSetName = "Process", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    public int[] ProcessId { get; set; } = [];

    [Parameter(ParameterSetName = "Cpu", Mandatory = true)]
    public int[] Cpu { get; set; } = [];

    [Parameter(ParameterSetName = "Script", Mandatory = true)]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter(ParameterSetName = "Process")]
    [Parameter(ParameterSetName = "Cpu", Mandatory = true)]
    public double Duration { get; set; }

    [Parameter(ValueFromPipeline = true)]
    public TestPair? Pair { get; set; }
}
