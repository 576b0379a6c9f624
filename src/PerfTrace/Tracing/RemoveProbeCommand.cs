using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What Remove-KProbe and Remove-UProbe share.</summary>
public abstract class RemoveProbeCommand<T> : ProbeCommand
    where T : IProbe
{
    /// <summary>Probes as group:name, wildcards in either part; a word without colon matches either part.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateWildcards]
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
            Find(name, List, NotFound, (directory, probe) =>
            {
                if (ShouldProcess($"{probe.Event} at {probe.Location}", "Remove the probe"))
                    Try(probe.Event, _ => Remove(directory, probe));
            });
        }
    }

    private protected abstract IReadOnlyList<T> List(TracingDirectory directory);

    private protected abstract Exception NotFound(TracingDirectory directory, string name);

    private protected abstract void Remove(TracingDirectory directory, T probe);
}
