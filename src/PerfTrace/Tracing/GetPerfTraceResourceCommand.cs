using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-PerfTraceResource: what this and other sessions have in tracefs and bpffs.</summary>
[Cmdlet(VerbsCommon.Get, "PerfTraceResource")]
[OutputType(typeof(PerfTraceResource))]
public sealed class GetPerfTraceResourceCommand : PerfTraceCommand
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only what belongs to processes that have ended.</summary>
    [Parameter]
    public SwitchParameter Orphaned { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            WildcardPattern[] patterns = [.. Name.Select(static n => WildcardPattern.Get(n, WildcardOptions.None))];
            foreach (PerfTraceResource resource in PerfTraceResources.List(SystemPaths.Default, VerboseWriter))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                if ((!Orphaned || resource.IsOrphaned) && patterns.Any(p => p.IsMatch(resource.Name)))
                    WriteObject(resource);
            }
        }
        catch (KernelException e)
        {
            WriteProblem(e, null);
        }
    }
}
