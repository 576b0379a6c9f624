using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-KProbe: removes probes from the kernel.</summary>
[Cmdlet(VerbsCommon.Remove, "KProbe", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveKProbeCommand : RemoveProbeCommand<KProbe>
{
    private protected override IReadOnlyList<KProbe> List(TracingDirectory directory) => KProbes.List(directory);

    private protected override Exception NotFound(TracingDirectory directory, string name) => KProbes.NotFound(directory, name);

    private protected override void Remove(TracingDirectory directory, KProbe probe) => KProbes.Remove(directory, probe, Force, VerboseWriter, StopToken);
}
