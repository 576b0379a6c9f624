using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What Get-KProbe and Get-UProbe share.</summary>
public abstract class GetProbeCommand<T> : ProbeCommand
    where T : IProbe
{
    /// <summary>Probes as group:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProbeNameCompleter))]
    public string[] Event { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        foreach (string name in Event)
            Find(name, List, NotFound, (_, probe) => WriteObject(probe));
    }

    private protected abstract IReadOnlyList<T> List(TracingDirectory directory);

    private protected abstract Exception NotFound(TracingDirectory directory, string name);
}
