using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Profiles;

/// <summary>A row of a report that is grouped by other keys than command, module and symbol: it is shown with <see cref="PerfReportEntry.Name"/>, which has all of them.</summary>
public sealed record PerfReportGroup : PerfReportEntry
{
    [SetsRequiredMembers]
    public PerfReportGroup(PerfReportEntry entry)
        : base(entry)
    {
    }
}
