using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Writes down what has been bound.</summary>
public abstract class RecordingCommand : PSCmdlet
{
    protected override void ProcessRecord() =>
        WriteObject(new BindingResult(ParameterSetName, new Dictionary<string, object>(MyInvocation.BoundParameters, StringComparer.OrdinalIgnoreCase)));
}
