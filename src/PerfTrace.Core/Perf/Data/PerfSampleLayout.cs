using System.Numerics;

namespace PerfTrace.Perf;

/// <summary>
/// Where the records of an event have their number and time: words in the order of perf_event_sample_format, in samples from the begin, in the
/// kernel's other records (with sample_id_all) from the end (perf_output_sample and perf_event__output_id_sample in kernel/events/core.c).
/// </summary>
internal readonly struct PerfSampleLayout(PerfSampleFormat format, bool hasTrailer)
{
    private const PerfSampleFormat Head = PerfSampleFormat.Identifier | PerfSampleFormat.Ip | PerfSampleFormat.Tid;

    /// <summary>The offset of the time in a sample's record; null when it has none.</summary>
    public int? TimeInSample => Has(PerfSampleFormat.Time) ? PerfRing.HeaderSize + Words(Head) : null;

    /// <summary>The offset of the event's number in a sample's record.</summary>
    public int? IdInSample => Has(PerfSampleFormat.Identifier) ? PerfRing.HeaderSize
        : Has(PerfSampleFormat.Id) ? PerfRing.HeaderSize + Words(PerfSampleFormat.Ip | PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Address) : null;

    /// <summary>The bytes from the time to the end of another record; null when it has none.</summary>
    public int? TimeFromEnd => hasTrailer && Has(PerfSampleFormat.Time)
        ? Words(PerfSampleFormat.Time | PerfSampleFormat.Id | PerfSampleFormat.StreamId | PerfSampleFormat.Cpu | PerfSampleFormat.Identifier) : null;

    private bool Has(PerfSampleFormat field) => (format & field) != 0;

    private int Words(PerfSampleFormat fields) => sizeof(ulong) * BitOperations.PopCount((ulong)(format & fields));
}
