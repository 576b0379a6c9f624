using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Profiles;

/// <summary>A row of a live report: what the samples of one interval come to for one function (or what else is grouped by).</summary>
public sealed record PerfTopEntry : PerfReportEntry
{
    [SetsRequiredMembers]
    public PerfTopEntry(PerfReportEntry entry, DateTimeOffset timestamp, TimeSpan interval)
        : base(entry)
    {
        Timestamp = timestamp;
        Interval = interval;
    }

    /// <summary>When the interval ended; all rows of an interval have the same.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>How long it was.</summary>
    public TimeSpan Interval { get; }
}
