namespace PerfTrace.BpfTrace;

/// <summary>The value of a map that is assigned from <c>count()</c>, <c>hist()</c> and the like.</summary>
internal sealed record AggregateType(AggregateKind Kind, bool IsSigned) : ScriptType
{
    /// <summary>Of <see cref="AggregateKind.Histogram"/>: k, each power of two has 2^k buckets (0 to 5).</summary>
    public int Bits { get; init; }

    /// <summary>Of <see cref="AggregateKind.LinearHistogram"/>: from here.</summary>
    public long Minimum { get; init; }

    /// <summary>To here.</summary>
    public long Maximum { get; init; }

    /// <summary>In steps of this.</summary>
    public long Step { get; init; }

    /// <summary>Of <see cref="AggregateKind.TimeSeries"/>: nanoseconds of an interval.</summary>
    public long Interval { get; init; }

    /// <summary>How many intervals are kept.</summary>
    public int Intervals { get; init; }

    /// <summary>What is added up in each interval; null: the last value.</summary>
    public AggregateKind? Each { get; init; }

    /// <summary>The entry's key has a number behind the script's key.</summary>
    public bool HasBucket => Kind is AggregateKind.Histogram or AggregateKind.LinearHistogram or AggregateKind.TimeSeries;

    public override int Size => Kind switch
    {
        AggregateKind.Count or AggregateKind.Sum or AggregateKind.Histogram or AggregateKind.LinearHistogram => 8,
        AggregateKind.TimeSeries => 24,
        _ => 16,
    };

    public override string Name => Kind switch
    {
        AggregateKind.Count => "count_t",
        AggregateKind.Sum => IsSigned ? "sum_t" : "usum_t",
        AggregateKind.Minimum => IsSigned ? "min_t" : "umin_t",
        AggregateKind.Maximum => IsSigned ? "max_t" : "umax_t",
        AggregateKind.Average => IsSigned ? "avg_t" : "uavg_t",
        AggregateKind.Statistics => IsSigned ? "stats_t" : "ustats_t",
        AggregateKind.Histogram => "hist_t",
        AggregateKind.LinearHistogram => "lhist_t",
        _ => "tseries_t",
    };
}
