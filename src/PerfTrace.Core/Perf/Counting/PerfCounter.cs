namespace PerfTrace.Perf;

/// <summary>The count of one event for one target, over a whole measurement or one interval of it.</summary>
public record PerfCounter
{
    /// <summary>When the counter was read.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>From the start of the measurement to the reading.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The event as it was asked for; <c>:u</c> is added where only user space could be counted.</summary>
    public string Event { get; init; } = "";

    /// <summary>
    /// The count. An event that shared the PMU is scaled up by TimeEnabled/TimeRunning; with repeats it is the rounded mean.
    /// Null when the status is not Counted.
    /// </summary>
    public long? Value { get; internal set; }

    /// <summary>The unit of <see cref="Value"/>: <c>ns</c> for the clocks, null for a plain count.</summary>
    public string? Unit { get; init; }

    /// <summary>The count in <see cref="ScaledUnit"/>, by the PMU's <c>.scale</c> file: Joules, MiB; milliseconds for the clocks.</summary>
    public double? ScaledValue => Value is { } value ? value * Scale : null;

    /// <summary>The unit of <see cref="ScaledValue"/>; null for a plain count.</summary>
    public string? ScaledUnit { get; init; }

    /// <summary>How long the event was enabled, added up over all threads and CPUs that it counted on.</summary>
    public TimeSpan TimeEnabled { get; init; }

    /// <summary>How long it really counted; less than TimeEnabled when it shared the PMU.</summary>
    public TimeSpan TimeRunning { get; init; }

    /// <summary>TimeRunning as a percentage of TimeEnabled; null when it was never enabled.</summary>
    public double? RunningPercent => TimeEnabled > TimeSpan.Zero ? 100.0 * TimeRunning.Ticks / TimeEnabled.Ticks : null;

    public CounterStatus Status { get; init; }

    /// <summary>What <see cref="MetricValue"/> is: <c>CPUs utilized</c>, <c>insn per cycle</c>, <c>% of all branches</c>, …; null without.</summary>
    public string? MetricName { get; internal set; }

    /// <summary>The figure that perf-stat(1) derives from this counter and its neighbours.</summary>
    public double? MetricValue { get; internal set; }

    /// <summary>The unit of <see cref="MetricValue"/>: <c>%</c>, <c>GHz</c>, <c>/sec</c>; null for a ratio.</summary>
    public string? MetricUnit { get; internal set; }

    /// <summary>The group that the event was read with, when it was written with braces.</summary>
    public string? Group { get; init; }

    /// <summary>The command that was run for this measurement; null otherwise.</summary>
    public string? Command { get; init; }

    /// <summary>The name (comm) of the counted process or thread.</summary>
    public string? CommandName { get; init; }

    public int? ProcessId { get; init; }

    public int? ThreadId { get; init; }

    public int? Cpu { get; init; }

    /// <summary>core_id of the topology.</summary>
    public int? Core { get; init; }

    /// <summary>physical_package_id of the topology.</summary>
    public int? Socket { get; init; }

    public string? CGroup { get; init; }

    /// <summary>The target in one line, for people: a command, process, thread, CPU, control group, or all CPUs.</summary>
    public string Target => Describe();

    /// <summary>The command's exit status, 128 plus the signal's number when a signal ended it; null while it runs or without a command.</summary>
    public int? ExitCode { get; internal set; }

    /// <summary>CPU time in user space of the command and the children it waited for (wait4(2)).</summary>
    public TimeSpan? UserTime { get; internal set; }

    /// <summary>CPU time in the kernel of the command and the children it waited for (wait4(2)).</summary>
    public TimeSpan? SystemTime { get; internal set; }

    /// <summary>What the event is, for deriving metrics whatever it was called.</summary>
    internal CounterIdentity Identity { get; init; }

    internal double Scale { get; init; } = 1;

    public sealed override string ToString() => $"{Event}: {(Value is { } value ? value.ToString(System.Globalization.CultureInfo.CurrentCulture) : Status.ToString())}";

    /// <summary>The count as perf-stat(1) prints it: two decimals where a scale makes another unit of it (msec of ns), else none; why there is none in angle brackets.</summary>
    public string GetCountText() => ScaledValue is { } value
        ? value.ToString(ScaledUnit is null || ScaledUnit == Unit ? "#,0.##" : "#,0.00", System.Globalization.CultureInfo.CurrentCulture)
        : Status == CounterStatus.NotCounted ? "<not counted>" : "<not supported>";

    private string Describe()
    {
        string task = Command is not null ? $"command {Command}"
            : CGroup is not null ? $"control group {CGroup}"
            : ThreadId is not null ? $"thread {ThreadId} ({CommandName})"
            : ProcessId is not null ? $"process {ProcessId} ({CommandName})"
            : "";
        string place = Cpu is not null ? $"CPU {Cpu}"
            : Core is not null ? $"socket {Socket}, core {Core}"
            : Socket is not null ? $"socket {Socket}"
            : task.Length == 0 ? "all counted CPUs" : "";
        return task.Length > 0 && place.Length > 0 ? $"{task} on {place}" : task + place;
    }
}
