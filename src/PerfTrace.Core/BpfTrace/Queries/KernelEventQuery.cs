namespace PerfTrace.BpfTrace;

/// <summary>What of which events is added up in the kernel.</summary>
public sealed record KernelEventQuery
{
    /// <summary>Tracepoints, <c>system:name</c>, or probes of the bpftrace language: <c>kprobe:vfs_read</c>.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Which of them count; null: all.</summary>
    public QueryExpression? Where { get; init; }

    /// <summary>What is added up apart from each other.</summary>
    public IReadOnlyList<QueryColumn> GroupBy { get; init; } = [];

    /// <summary>The number of events; it is known anyway where an average or a histogram is.</summary>
    public bool Count { get; init; }

    public QueryExpression? Sum { get; init; }

    public QueryExpression? Minimum { get; init; }

    public QueryExpression? Maximum { get; init; }

    public QueryExpression? Average { get; init; }

    public QueryHistogram? Histogram { get; init; }

    /// <summary>What is measured is the time, in nanoseconds, between two events of one thread: from <c>sys_enter_X</c> to <c>sys_exit_X</c>, or from the first of two to the second.</summary>
    public bool IsLatency { get; init; }

    /// <summary>A set of results for each such time; null: one, at the end.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long; null: until it is stopped, or the command ends.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Only these processes; none: all.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>A command, its name first: only it is measured, from its start to its end.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Where the command is started.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The processes that those start are measured too.</summary>
    public bool IncludesChildren { get; init; } = true;

    /// <summary>So many groups have room; the events of further ones are counted as lost.</summary>
    public int MaximumGroups { get; init; } = 4096;

    /// <summary>A name is that of a probe of the language, and not of a tracepoint.</summary>
    public static bool IsProbe(string name) => QueryNames.IsProbe(name);

    /// <summary>The names of the properties of events, for completion; those that every event has alone where the events are not there.</summary>
    public static IReadOnlyList<string> PropertyNames(IReadOnlyList<string> events, bool isNumber, bool isLatency) => QueryNames.Properties(events, isNumber, isLatency);
}
