using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>When counters were read, and what is known then.</summary>
/// <param name="Timestamp">The wall clock.</param>
/// <param name="Elapsed">Since the start of the measurement.</param>
/// <param name="Covered">Since the reading before.</param>
/// <param name="IsLast">No reading follows.</param>
/// <param name="Exit">How the command ended; null while it runs, or without one.</param>
internal sealed record CounterMoment(DateTimeOffset Timestamp, TimeSpan Elapsed, TimeSpan Covered, bool IsLast, ProcessExit? Exit);

/// <summary>Readings as result objects.</summary>
internal static class CounterResults
{
    /// <summary>Parts of the whole (CPUs, cores, sockets) are scaled one by one, as perf does; a whole is scaled when it is added up.</summary>
    public static bool ScalesEachPlace(CounterOptions options) =>
        options.Aggregation is not (CounterAggregation.Target or CounterAggregation.Thread);

    /// <param name="events">The columns of <paramref name="sums"/>.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="sums">What was counted.</param>
    /// <param name="target">Whom it was counted for.</param>
    /// <param name="options">How.</param>
    /// <param name="moment">When.</param>
    public static List<PerfCounter> Build(
        IReadOnlyList<CountedEvent> events, IReadOnlyList<CounterRow> rows, CounterReading[][] sums,
        CounterTarget target, CounterOptions options, CounterMoment moment)
    {
        var results = new List<PerfCounter>(rows.Count * events.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            var ofRow = new List<PerfCounter>(events.Count);
            for (int column = 0; column < events.Count; column++)
            {
                if (!events[column].IsFaulty)
                    ofRow.Add(Result(events[column], rows[row], sums[row][column], target, options, moment));
            }
            CounterMetrics.Derive(ofRow, moment.Covered);
            results.AddRange(ofRow);
        }
        return results;
    }

    private static PerfCounter Result(
        CountedEvent e, CounterRow row, CounterReading reading, CounterTarget target, CounterOptions options, CounterMoment moment)
    {
        (CounterStatus status, long? value) = e.IsTool ? Measured(e, target, moment) : Counted(e, reading, options);
        if (e.IsTool)
            reading = new CounterReading(0, (ulong)moment.Covered.TotalNanoseconds, (ulong)moment.Covered.TotalNanoseconds);
        bool isClock = e.Source is { Kind: PerfEventKind.Software, Unit: not null };
        var result = new PerfCounter
        {
            Timestamp = moment.Timestamp,
            Elapsed = moment.Elapsed,
            Event = e.Name,
            Value = value,
            Unit = isClock || e.IsTool ? "ns" : null,
            ScaledUnit = e.Source.Unit,
            Scale = e.Source.Scale,
            TimeEnabled = Nanoseconds(reading.Enabled),
            TimeRunning = Nanoseconds(reading.Running),
            Status = status,
            Identity = e.IsTool ? CounterIdentity.None : e.Identity,
            Group = e.Group,
            Command = (target as CounterTarget.Command)?.Name,
            CommandName = row.CommandName,
            ProcessId = row.ProcessId,
            ThreadId = row.ThreadId,
            Cpu = row.Cpu,
            Core = row.Core,
            Socket = row.Socket,
            CGroup = row.CGroup,
            ExitCode = moment.Exit?.ExitCode,
            UserTime = moment.Exit?.UserTime,
            SystemTime = moment.Exit?.SystemTime,
        };
        return options.Interval is null ? result : new PerfCounterInterval(result, moment.Covered);
    }

    private static (CounterStatus Status, long? Value) Counted(CountedEvent e, CounterReading reading, CounterOptions options)
    {
        if (e.Refusal != Errno.None)
            return (CounterStatus.NotSupported, null);
        if (!reading.IsCounted)
            return (CounterStatus.NotCounted, null);
        ulong count = ScalesEachPlace(options) ? reading.Value : reading.Scaled;
        return (CounterStatus.Counted, (long)Math.Min(count, long.MaxValue));
    }

    // duration_time is ours; user_time and system_time are known once wait4(2) has told them.
    private static (CounterStatus Status, long? Value) Measured(CountedEvent e, CounterTarget target, CounterMoment moment)
    {
        long? value = e.Source.Name switch
        {
            "duration_time" => (long)moment.Covered.TotalNanoseconds,
            "user_time" => (long?)moment.Exit?.UserTime.TotalNanoseconds,
            _ => (long?)moment.Exit?.SystemTime.TotalNanoseconds,
        };
        return value is not null ? (CounterStatus.Counted, value)
            : (target is CounterTarget.Command ? CounterStatus.NotCounted : CounterStatus.NotSupported, null);
    }

    private static TimeSpan Nanoseconds(ulong value) => TimeSpan.FromTicks((long)(value / 100));
}
