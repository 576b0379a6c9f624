using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-TraceInstance: the instances of tracefs.</summary>
[Cmdlet(VerbsCommon.Get, "TraceInstance", DefaultParameterSetName = NameSet)]
[OutputType(typeof(TraceInstance))]
public sealed class GetTraceInstanceCommand : PerfTraceCommand
{
    private const string NameSet = "Name", TopSet = "TopLevel";

    /// <summary>Names; wildcards. The session's own are found by the names that they were given.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Instance")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TraceInstanceCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The top-level buffer, as an object of the same kind.</summary>
    [Parameter(ParameterSetName = TopSet, Mandatory = true)]
    public SwitchParameter TopLevel { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (TopLevel)
            {
                WriteObject(TraceInstances.Of(TracingDirectory.Open(SystemPaths.Default, null, VerboseWriter)));
                return;
            }
            foreach (string name in Name)
            {
                foreach (TraceInstance instance in TraceInstanceSelection.Find(name, VerboseWriter, WriteProblem))
                    WriteObject(instance);
            }
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            WriteProblem(e, null);
        }
    }
}
