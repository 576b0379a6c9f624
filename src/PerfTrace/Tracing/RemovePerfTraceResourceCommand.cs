using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-PerfTraceResource: removes what ended sessions have left in tracefs and bpffs.</summary>
[Cmdlet(VerbsCommon.Remove, "PerfTraceResource", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(void))]
public sealed class RemovePerfTraceResourceCommand : PerfTraceCommand
{
    private const string NameSet = "Name", ObjectSet = "InputObject";

    private readonly List<PerfTraceResource> _chosen = [];

    /// <summary>Names; wildcards. All if nothing is said.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>What Get-PerfTraceResource gives.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PerfTraceResource[] InputObject { get; set; } = [];

    /// <summary>Removes what belongs to sessions that still run, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (ParameterSetName == ObjectSet)
            _chosen.AddRange(InputObject);
    }

    protected override void EndProcessing()
    {
        try
        {
            if (ParameterSetName == NameSet)
            {
                WildcardPattern[] patterns = [.. Name.Select(static n => WildcardPattern.Get(n, WildcardOptions.None))];
                _chosen.AddRange(PerfTraceResources.List(SystemPaths.Default, VerboseWriter)
                    .Where(r => (r.IsOrphaned || Force) && patterns.Any(p => p.IsMatch(r.Name))));
            }
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            WriteProblem(e, null);
        }
        // What uses comes before what is used, in whichever order the pipeline had them.
        foreach (PerfTraceResource resource in _chosen.OrderBy(static r => r.Kind))
        {
            if (StopToken.IsCancellationRequested)
                return;
            Remove(resource);
        }
    }

    private void Remove(PerfTraceResource resource)
    {
        if (!Force && resource.Owner.IsAlive)
        {
            WriteProblem(new ResourceInUseException(resource), resource);
            return;
        }
        if (!ShouldProcess(resource.ToString(), "Remove"))
            return;
        try
        {
            PerfTraceResources.Remove(SystemPaths.Default, resource);
            WriteVerbose($"Removed {resource}.");
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            WriteProblem(e, resource);
        }
    }
}
