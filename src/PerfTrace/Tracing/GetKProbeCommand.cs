using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-KProbe: the probes in the kernel.</summary>
[Cmdlet(VerbsCommon.Get, "KProbe")]
[OutputType(typeof(KProbe))]
public sealed class GetKProbeCommand : ProbeCommand
{
    /// <summary>Probes as group:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProbeNameCompleter))]
    public string[] Event { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        foreach (string name in Event)
            Find(name, KProbes.List, static p => (p.Group, p.Name), KProbes.NotFound, (_, probe) => WriteObject(probe));
    }
}
