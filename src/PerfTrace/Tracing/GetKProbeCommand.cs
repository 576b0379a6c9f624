using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-KProbe: the probes in the kernel.</summary>
[Cmdlet(VerbsCommon.Get, "KProbe")]
[OutputType(typeof(KProbe))]
public sealed class GetKProbeCommand : GetProbeCommand<KProbe>
{
    private protected override IReadOnlyList<KProbe> List(TracingDirectory directory) => KProbes.List(directory);

    private protected override Exception NotFound(TracingDirectory directory, string name) => KProbes.NotFound(directory, name);
}
