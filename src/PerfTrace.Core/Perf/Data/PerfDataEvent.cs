namespace PerfTrace.Perf;

/// <summary>An event that was recorded into a perf.data file.</summary>
public sealed record PerfDataEvent
{
    /// <summary>What perf calls it: <c>cycles:u</c>, <c>sched:sched_switch</c>.</summary>
    public required string Name { get; init; }

    /// <summary>perf_event_attr.type: 0 hardware, 1 software, 2 tracepoint, 3 cache, 4 raw, 5 breakpoint, from 6 on PMUs by their number then.</summary>
    public required uint Type { get; init; }

    /// <summary>perf_event_attr.config.</summary>
    public required ulong Config { get; init; }

    /// <summary>Events between two samples; null when a frequency was asked for.</summary>
    public ulong? Period { get; init; }

    /// <summary>Samples a second that were asked for; null when a period was.</summary>
    public ulong? Frequency { get; init; }

    /// <summary>What each sample has (perf_event_attr.sample_type): <c>Ip, Tid, Time, CallChain, Period</c>.</summary>
    public required string SampleFields { get; init; }

    /// <summary>Samples of this event in the file. The members of a group that is sampled by its leader (<c>:S</c>) have none: their counts are in the leader's.</summary>
    public long Samples { get; init; }

    public override string ToString() => Name;
}
