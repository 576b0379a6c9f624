using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-UProbe: the probes in programs and libraries.</summary>
[Cmdlet(VerbsCommon.Get, "UProbe")]
[OutputType(typeof(UProbe))]
public sealed class GetUProbeCommand : GetProbeCommand<UProbe>
{
    private protected override IReadOnlyList<UProbe> List(TracingDirectory directory) => UProbes.List(directory);

    private protected override Exception NotFound(TracingDirectory directory, string name) => UProbes.NotFound(directory, name);
}
