namespace PerfTrace.Perf;

/// <summary>Gathers the results of several runs of one command into means.</summary>
internal sealed class CounterRuns
{
    private IReadOnlyList<PerfCounter> _last = [];
    private Figures[] _figures = [];

    private struct Figures
    {
        public RunningStatistics Value, Enabled, Running;
    }

    public int Count { get; private set; }

    /// <param name="results">A run's results: the same events in the same order each time.</param>
    public void Add(IReadOnlyList<PerfCounter> results)
    {
        Count++;
        _last = results;
        Array.Resize(ref _figures, results.Count);
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].Value is { } value)
                _figures[i].Value.Add(value);
            _figures[i].Enabled.Add(results[i].TimeEnabled.Ticks);
            _figures[i].Running.Add(results[i].TimeRunning.Ticks);
        }
    }

    public IReadOnlyList<PerfCounter> Summarise()
    {
        var means = new List<PerfCounterStatistics>(_last.Count);
        for (int i = 0; i < _last.Count; i++)
        {
            ref Figures f = ref _figures[i];
            bool isCounted = f.Value.Count > 0;
            means.Add(new PerfCounterStatistics(_last[i])
            {
                Value = isCounted ? (long)Math.Round(f.Value.Mean) : null,
                Status = isCounted ? CounterStatus.Counted : _last[i].Status,
                TimeEnabled = TimeSpan.FromTicks((long)f.Enabled.Mean),
                TimeRunning = TimeSpan.FromTicks((long)f.Running.Mean),
                ProcessId = null, // each run had its own
                Runs = Count,
                Mean = isCounted ? f.Value.Mean : null,
                StandardDeviation = isCounted ? f.Value.StandardDeviation : null,
                RelativeError = isCounted ? f.Value.RelativeError : null,
            });
        }
        foreach (var row in means.GroupBy(static m => m.Target))
            CounterMetrics.Derive([.. row], row.First().Elapsed);
        return means;
    }
}
