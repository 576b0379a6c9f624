namespace PerfTrace.Profiles;

/// <summary>Compares reports as <c>perf diff</c> does: by module and function (or by what else they are grouped by), by the time in the function itself.</summary>
public static class ReportComparison
{
    /// <summary>The rows, the greatest change first.</summary>
    /// <param name="baseline">What to compare with.</param>
    /// <param name="report">What is compared.</param>
    /// <param name="baselineWeight">What occurrences of the baseline count for in <see cref="PerfReportDifference.WeightedDifference"/>.</param>
    /// <param name="weight">What occurrences of the other count for.</param>
    public static IReadOnlyList<PerfReportDifference> Compare(
        IEnumerable<PerfReportEntry> baseline, IEnumerable<PerfReportEntry> report, long baselineWeight = 1, long weight = 1)
    {
        var rows = new Dictionary<(string? Event, string? Module, string Name), Row>();
        foreach (PerfReportEntry entry in baseline)
            RowOf(rows, entry).AddBaseline(entry);
        foreach (PerfReportEntry entry in report)
            RowOf(rows, entry).Add(entry);
        return [.. rows.Values.Where(static r => r.HasSelf)
            .Select(r => r.Build(baselineWeight, weight))
            .OrderByDescending(static d => Math.Abs(d.Delta)).ThenBy(static d => d.Name, StringComparer.Ordinal)];
    }

    // Functions may have moved from one build to the next: their names tell which they are, not their addresses.
    private static Row RowOf(Dictionary<(string? Event, string? Module, string Name), Row> rows, PerfReportEntry entry)
    {
        (string? Event, string? Module, string Name) key = entry.Symbol is { } symbol ? (entry.Event, entry.Module, symbol) : (entry.Event, null, entry.Name);
        if (!rows.TryGetValue(key, out Row? row))
            rows.Add(key, row = new Row(entry));
        return row;
    }

    private sealed class Row(PerfReportEntry first)
    {
        private double? _before, _now;
        private long _selfBefore, _self;

        // A function that only calls others has no time of its own in either.
        public bool HasSelf => _selfBefore != 0 || _self != 0;

        public void AddBaseline(PerfReportEntry entry)
        {
            if (entry.Self == 0)
                return;
            _before = (_before ?? 0) + entry.SelfPercent;
            _selfBefore += entry.Self;
        }

        public void Add(PerfReportEntry entry)
        {
            if (entry.Self == 0)
                return;
            _now = (_now ?? 0) + entry.SelfPercent;
            _self += entry.Self;
        }

        public PerfReportDifference Build(long baselineWeight, long weight) => new()
        {
            Event = first.Event,
            Module = first.Module,
            Symbol = first.Symbol,
            Name = first.Symbol is null ? first.Name : first.Module is null ? first.Symbol : $"{first.Module}, {first.Symbol}",
            BaselinePercent = _before,
            Percent = _now,
            Delta = (_now ?? 0) - (_before ?? 0),
            Ratio = _selfBefore == 0 ? null : (double)_self / _selfBefore,
            BaselineSelf = _selfBefore,
            Self = _self,
            WeightedDifference = (_self * weight) - (_selfBefore * baselineWeight),
        };
    }
}
