using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Disable-Tracepoint: has tracepoints recorded no longer.</summary>
[Cmdlet(VerbsLifecycle.Disable, "Tracepoint", SupportsShouldProcess = true)]
[OutputType(typeof(Tracepoint))]
public sealed class DisableTracepointCommand : TracepointChangeCommand
{
    protected override string Describe() => "Disable";

    protected override void Change(Tracepoint tracepoint) => TracepointControl.SetEnabled(tracepoint, false, Persistent);

    protected override bool ChangeWhole(IReadOnlyList<Tracepoint> tracepoints) => TracepointControl.TrySetSystemEnabled(tracepoints, false, Persistent);
}
