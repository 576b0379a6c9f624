using System.Numerics;

namespace PerfTrace.Perf;

/// <summary>
/// Where the samples of an event have their number and time: words in the order of perf_event_sample_format, but for the identifier, which comes first
/// (perf_output_sample in kernel/events/core.c).
/// </summary>
internal readonly struct PerfSampleLayout(PerfSampleFormat format)
{
    private const PerfSampleFormat Head = PerfSampleFormat.Identifier | PerfSampleFormat.Ip | PerfSampleFormat.Tid;

    /// <summary>The offset of the time in the record; null when it has none.</summary>
    public int? Time => Has(PerfSampleFormat.Time) ? PerfRing.HeaderSize + Words(Head) : null;

    /// <summary>The offset of the event's number in the record; null when it has none.</summary>
    public int? Id => Has(PerfSampleFormat.Identifier) ? PerfRing.HeaderSize
        : Has(PerfSampleFormat.Id) ? PerfRing.HeaderSize + Words(PerfSampleFormat.Ip | PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Address) : null;

    private bool Has(PerfSampleFormat field) => (format & field) != 0;

    private int Words(PerfSampleFormat fields) => sizeof(ulong) * BitOperations.PopCount((ulong)(format & fields));
}
