using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-UProbe: removes probes from programs and libraries.</summary>
[Cmdlet(VerbsCommon.Remove, "UProbe", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveUProbeCommand : RemoveProbeCommand<UProbe>
{
    private protected override IReadOnlyList<UProbe> List(TracingDirectory directory) => UProbes.List(directory);

    private protected override Exception NotFound(TracingDirectory directory, string name) => UProbes.NotFound(directory, name);

    private protected override void Remove(TracingDirectory directory, UProbe probe) => UProbes.Remove(directory, probe, Force, VerboseWriter, StopToken);
}
