using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-UProbe: the probes in programs and libraries.</summary>
[Cmdlet(VerbsCommon.Get, "UProbe")]
[OutputType(typeof(UProbe))]
public sealed class GetUProbeCommand : ProbeCommand
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
            Find(name, UProbes.List, static p => (p.Group, p.Name), UProbes.NotFound, (_, probe) => WriteObject(probe));
    }
}
