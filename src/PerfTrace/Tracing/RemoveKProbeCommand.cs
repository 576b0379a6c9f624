using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-KProbe: removes probes from the kernel.</summary>
[Cmdlet(VerbsCommon.Remove, "KProbe", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveKProbeCommand : ProbeCommand
{
    /// <summary>Probes as group:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProbeNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>Disables the event first, in every instance.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Event)
        {
            Find(name, KProbes.List, static p => (p.Group, p.Name), KProbes.NotFound, (directory, probe) =>
            {
                if (ShouldProcess($"{probe.Event} at {probe.Location}", "Remove the probe"))
                    Try(probe.Event, _ => KProbes.Remove(directory, probe, Force, VerboseWriter));
            });
        }
    }
}
