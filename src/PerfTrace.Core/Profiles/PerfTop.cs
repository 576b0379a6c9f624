using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>Sums samples up interval by interval, as <c>perf top -z</c> does: each interval stands for itself.</summary>
/// <param name="keys">What to group by.</param>
/// <param name="filter">What of the samples is wanted.</param>
/// <param name="expandInlined">Inlined functions count as if they had been called.</param>
/// <param name="includeIdle">Samples of idle CPUs count too.</param>
public sealed class PerfTop(IReadOnlyList<ReportKey> keys, SampleFilter filter, bool expandInlined = false, bool includeIdle = false)
{
    private ReportBuilder _report = new(keys, filter, expandInlined);
    private long _samples;
    private long _idle;

    /// <summary>Keys by name that no sample has had a field for.</summary>
    public IEnumerable<string> UnknownKeys { get; private set; } = [];

    /// <summary>Samples since the interval began.</summary>
    public bool HasSamples => _samples + _idle > 0;

    public void Add(PerfSample sample)
    {
        if (IsIdle(sample))
        {
            _idle++;
            if (!includeIdle)
                return;
        }
        _samples++;
        _report.Add(sample);
    }

    /// <summary>The interval is over, and the next begins.</summary>
    /// <param name="timestamp">When it ended.</param>
    /// <param name="length">How long it was.</param>
    /// <param name="minimumPercent">Rows of a smaller share are left out.</param>
    /// <param name="most">So many rows of each event are given, the heaviest.</param>
    public PerfTopInterval End(DateTimeOffset timestamp, TimeSpan length, double minimumPercent = 0, int most = int.MaxValue)
    {
        var interval = new PerfTopInterval
        {
            Timestamp = timestamp,
            Length = length,
            Samples = _samples,
            IdleSamples = _idle,
            Rows = (PerfTopEntry[])[.. _report.Build(minimumPercent).GroupBy(static r => r.Event).SelectMany(e => e.Take(most)).Select(r => new PerfTopEntry(r, timestamp, length))],
        };
        if (_samples > 0)
            UnknownKeys = [.. _report.UnknownKeys];
        _report = new ReportBuilder(keys, filter, expandInlined);
        _samples = _idle = 0;
        return interval;
    }

    // What the idle task (0 on each CPU) does when it is not interrupted. The kernel marks these functions by a section (__cpuidle), but not those that
    // paravirtualisation puts in their place (pv_native_safe_halt); all of them say by their names what they are: default_idle, intel_idle, cpu_do_idle,
    // acpi_idle_do_entry, mwait_idle_with_hints, acpi_processor_ffh_cstate_enter.
    private static bool IsIdle(PerfSample sample) =>
        sample is { ProcessId: 0, Frame: { IsKernel: true, Symbol: { } name } }
        && (name.Contains("idle", StringComparison.Ordinal) || name.Contains("safe_halt", StringComparison.Ordinal) || name.Contains("cstate", StringComparison.Ordinal));
}
