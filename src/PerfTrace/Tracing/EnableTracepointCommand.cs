using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Enable-Tracepoint: has tracepoints recorded into an instance.</summary>
[Cmdlet(VerbsLifecycle.Enable, "Tracepoint", SupportsShouldProcess = true)]
[OutputType(typeof(Tracepoint))]
public sealed class EnableTracepointCommand : TracepointChangeCommand
{
    /// <summary>A filter in the kernel's words, set before they are enabled.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? Filter { get; set; }

    protected override string Describe() => Filter is null ? "Enable" : $"Enable with filter '{Filter}'";

    protected override void Change(Tracepoint tracepoint)
    {
        if (Filter is not null)
            TracepointControl.SetFilter(tracepoint, Filter, Persistent);
        TracepointControl.SetEnabled(tracepoint, true, Persistent);
    }

    protected override bool ChangeWhole(IReadOnlyList<Tracepoint> tracepoints) => Filter is null && TracepointControl.TrySetSystemEnabled(tracepoints, true, Persistent);
}
