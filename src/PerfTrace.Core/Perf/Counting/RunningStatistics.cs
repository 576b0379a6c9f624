namespace PerfTrace.Perf;

/// <summary>Mean and spread of values that come one by one (Welford's method: no cancellation, nothing kept).</summary>
internal struct RunningStatistics
{
    private double _sumOfSquares;

    public int Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>Of a single value, with n - 1; 0 below two values.</summary>
    public readonly double StandardDeviation => Count < 2 ? 0 : Math.Sqrt(_sumOfSquares / (Count - 1));

    /// <summary>The standard error of the mean as a percentage of the mean, as perf-stat(1) prints after <c>+-</c>.</summary>
    public readonly double RelativeError => Count < 2 || Mean == 0 ? 0 : 100 * StandardDeviation / Math.Sqrt(Count) / Mean;

    public void Add(double value)
    {
        Count++;
        double delta = value - Mean;
        Mean += delta / Count;
        _sumOfSquares += delta * (value - Mean);
    }
}
