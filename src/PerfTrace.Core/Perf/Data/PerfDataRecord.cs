namespace PerfTrace.Perf;

/// <summary>A record of a perf.data file, header included. It is there until the next one is read.</summary>
internal readonly ref struct PerfDataRecord(PerfDataBytes bytes)
{
    // PERF_RECORD_USER_TYPE_START: what perf itself writes.
    private const uint FirstOfPerf = 64;

    /// <summary>enum perf_event_type, or perf_user_event_type of tools/lib/perf/include/perf/event.h.</summary>
    public uint Type { get; } = bytes.Word32(0);

    /// <summary>Flags of the header.</summary>
    public ushort Misc { get; } = bytes.Word16(4);

    /// <summary>The whole record.</summary>
    public PerfDataBytes Bytes { get; } = bytes;

    public bool IsOfKernel => Type < FirstOfPerf;

    /// <summary>The time of the record by the layout of its event; null when it has none.</summary>
    public ulong? Time(PerfSampleLayout layout)
    {
        if (Type == (uint)PerfRecordType.Sample)
            return layout.TimeInSample is { } at ? Bytes.Word64(at) : null;
        return IsOfKernel && layout.TimeFromEnd is { } back ? Bytes.Word64(Bytes.Length - back) : null;
    }
}
