namespace PerfTrace.Perf;

/// <summary>
/// The figures that perf-stat(1) derives from counters that were counted together: instructions per cycle, miss rates, CPUs
/// utilized, frequency, and for the rest the rate per second of CPU time.
/// </summary>
internal static class CounterMetrics
{
    private const ulong Cycles = 0, Instructions = 1, CacheReferences = 2, CacheMisses = 3, Branches = 4, BranchMisses = 5,
        StalledFrontend = 7, StalledBackend = 8;

    private static readonly string[] CacheNames =
        ["L1-dcache", "L1-icache", "LL-cache", "dTLB cache", "iTLB cache", "branches", "node"];

    /// <summary>Fills in the metric of each of one target's counters.</summary>
    /// <param name="counters">All counters of one target and instant.</param>
    /// <param name="wallTime">The time that they cover.</param>
    public static void Derive(IReadOnlyList<PerfCounter> counters, TimeSpan wallTime)
    {
        foreach (PerfCounter counter in counters)
        {
            if (counter.Value is { } value)
                DeriveOne(counter, value, counters, wallTime);
        }
    }

    private static void DeriveOne(PerfCounter counter, long value, IReadOnlyList<PerfCounter> all, TimeSpan wallTime)
    {
        CounterIdentity identity = counter.Identity;
        long? Other(PerfType type, ulong config) => Find(all, identity.With(type, config));

        switch ((PerfType)identity.Type)
        {
            case PerfType.Software when identity.Config <= 1 && counter.Unit is not null:
                if (wallTime > TimeSpan.Zero)
                    Set(counter, "CPUs utilized", value / wallTime.TotalNanoseconds, null);
                return;
            case PerfType.Hardware:
                switch (identity.Config)
                {
                    case Cycles when TaskTime(all) is { } time:
                        Set(counter, "GHz", value / time, "GHz");
                        return;
                    case Instructions when Other(PerfType.Hardware, Cycles) is > 0 and { } cycles:
                        Set(counter, "insn per cycle", (double)value / cycles, null);
                        return;
                    case BranchMisses when Other(PerfType.Hardware, Branches) is > 0 and { } branches:
                        Set(counter, "% of all branches", 100.0 * value / branches, "%");
                        return;
                    case CacheMisses when Other(PerfType.Hardware, CacheReferences) is > 0 and { } references:
                        Set(counter, "% of all cache refs", 100.0 * value / references, "%");
                        return;
                    case StalledFrontend when Other(PerfType.Hardware, Cycles) is > 0 and { } cycles:
                        Set(counter, "% frontend cycles idle", 100.0 * value / cycles, "%");
                        return;
                    case StalledBackend when Other(PerfType.Hardware, Cycles) is > 0 and { } cycles:
                        Set(counter, "% backend cycles idle", 100.0 * value / cycles, "%");
                        return;
                }
                break;
            case PerfType.HardwareCache when (identity.Config >> 16 & 0xff) == 1: // a result of "miss"
                ulong cache = identity.Config & 0xff;
                if (cache < (ulong)CacheNames.Length && Other(PerfType.HardwareCache, identity.Config & 0xffff) is > 0 and { } accesses)
                {
                    Set(counter, $"% of all {CacheNames[cache]} accesses", 100.0 * value / accesses, "%");
                    return;
                }
                break;
        }
        if (TaskTime(all) is { } taskTime && counter.Identity != CounterIdentity.None)
            Set(counter, "/sec", value * 1e9 / taskTime, "/sec");
    }

    /// <summary>Nanoseconds of CPU time by task-clock or cpu-clock, whichever is among the counters.</summary>
    private static double? TaskTime(IReadOnlyList<PerfCounter> all)
    {
        foreach (PerfCounter counter in all)
        {
            if (counter.Identity is { Type: (uint)PerfType.Software, Config: <= 1 } && counter.Unit is not null && counter.Value is > 0 and { } value)
                return value;
        }
        return null;
    }

    // The counter of the same levels (u, k); as perf, not one of other levels.
    private static long? Find(IReadOnlyList<PerfCounter> all, CounterIdentity wanted)
    {
        foreach (PerfCounter counter in all)
        {
            if (counter.Identity == wanted)
                return counter.Value;
        }
        return null;
    }

    private static void Set(PerfCounter counter, string name, double value, string? unit)
    {
        counter.MetricName = name;
        counter.MetricValue = value;
        counter.MetricUnit = unit;
    }
}
