namespace PerfTrace.Perf;

/// <summary>A record of a perf.data file, header included. It is there until the next one is read.</summary>
internal readonly ref struct PerfDataRecord(PerfDataBytes bytes)
{
    /// <summary>enum perf_event_type, or perf_user_event_type of tools/lib/perf/include/perf/event.h.</summary>
    public uint Type { get; } = bytes.Word32(0);

    /// <summary>The whole record.</summary>
    public PerfDataBytes Bytes { get; } = bytes;
}
