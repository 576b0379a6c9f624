using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-TraceInstance: removes instances with all that is set and recorded in them.</summary>
[Cmdlet(VerbsCommon.Remove, "TraceInstance", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveTraceInstanceCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Instance")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TraceInstanceCompleter))]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            try
            {
                foreach (TraceInstance instance in TraceInstanceSelection.Find(name, VerboseWriter, WriteProblem))
                    Remove(instance);
            }
            catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
            {
                WriteProblem(e, name);
            }
        }
    }

    private void Remove(TraceInstance instance)
    {
        if (!ShouldProcess(instance.Instance!, "Remove the trace instance"))
            return;
        try
        {
            TraceInstances.Remove(instance);
            WriteVerbose($"Removed the trace instance {instance.Instance}.");
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            WriteProblem(e, instance.Instance);
        }
    }
}
