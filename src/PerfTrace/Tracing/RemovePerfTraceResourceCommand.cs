using System.Management.Automation;
using PerfTrace.Interop;
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
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>What Get-PerfTraceResource gives.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PerfTraceResource[] InputObject { get; set; } = [];

    /// <summary>Removes what belongs to sessions that still run, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Only what belongs to processes that have ended; without it a chosen object of another is an error.</summary>
    [Parameter]
    public SwitchParameter Orphaned { get; set; }

    protected override void BeginProcessing()
    {
        if (Orphaned && Force)
            ThrowUsage("ContradictoryParameters", "-Orphaned and -Force contradict each other: -Force removes what belongs to sessions that still run, too.");
    }

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
        if (Orphaned)
            _chosen.RemoveAll(static r => !r.IsOrphaned);
        // What uses comes before what is used, in whichever order the pipeline had them.
        List<PerfTraceResource> agreed = [.. _chosen.OrderBy(static r => r.Kind).Where(IsAgreed)];
        RemoveAll(agreed);
    }

    private bool IsAgreed(PerfTraceResource resource)
    {
        if (!Force && resource.Owner.IsAlive)
        {
            WriteProblem(new ResourceInUseException(resource), resource);
            return false;
        }
        return ShouldProcess(resource.ToString(), "Remove");
    }

    // Of two histograms one can use variables of the other, which is busy until the first is gone: those that are busy are tried again.
    private void RemoveAll(List<PerfTraceResource> left)
    {
        while (left.Count > 0)
        {
            var busy = new List<(PerfTraceResource Resource, Exception Cause)>();
            foreach (PerfTraceResource resource in left)
            {
                if (StopToken.IsCancellationRequested)
                    return;
                if (Remove(resource) is { } cause)
                    busy.Add((resource, cause));
            }
            if (busy.Count == left.Count)
            {
                foreach ((PerfTraceResource resource, Exception cause) in busy)
                    WriteProblem(cause, resource);
                return;
            }
            left = [.. busy.Select(static b => b.Resource)];
        }
    }

    // The exception if something else holds it.
    private KernelException? Remove(PerfTraceResource resource)
    {
        try
        {
            PerfTraceResources.Remove(SystemPaths.Default, resource);
            WriteVerbose($"Removed {resource}.");
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY)
        {
            return e;
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            WriteProblem(e, resource);
        }
        return null;
    }
}
