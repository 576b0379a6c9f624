namespace PerfTrace.Perf;

/// <summary>The counts of several runs of a command.</summary>
public sealed record PerfCounterStatistics : PerfCounter
{
    internal PerfCounterStatistics(PerfCounter lastRun)
        : base(lastRun)
    {
    }

    /// <summary>How many runs the figures come from.</summary>
    public int Runs { get; init; }

    /// <summary>The mean of all runs, unrounded; null when no run counted the event.</summary>
    public double? Mean { get; init; }

    /// <summary>The standard deviation of a single run, estimated from all.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>The standard error of the mean as a percentage of it: perf-stat(1)'s <c>( +- x% )</c>.</summary>
    public double? RelativeError { get; init; }
}
