using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Set-TracepointFilter: sets or removes the kernel's filter on tracepoints.</summary>
[Cmdlet(VerbsCommon.Set, "TracepointFilter", SupportsShouldProcess = true, DefaultParameterSetName = FilterSet)]
[OutputType(typeof(Tracepoint))]
public sealed class SetTracepointFilterCommand : TracepointChangeCommand
{
    private const string FilterSet = "Filter", ClearSet = "Clear";

    /// <summary>The filter in the kernel's words.</summary>
    [Parameter(ParameterSetName = FilterSet, Position = 1, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? Filter { get; set; }

    /// <summary>Removes the filter.</summary>
    [Parameter(ParameterSetName = ClearSet, Mandatory = true)]
    public SwitchParameter Clear { get; set; }

    protected override string Describe() => Clear ? "Remove the filter" : $"Set the filter '{Filter}'";

    protected override void Change(Tracepoint tracepoint) => TracepointControl.SetFilter(tracepoint, Clear ? null : Filter, Persistent);
}
