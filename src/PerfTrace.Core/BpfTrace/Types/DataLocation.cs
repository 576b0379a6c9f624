namespace PerfTrace.BpfTrace;

/// <summary>How a field of a tracepoint says where its data is.</summary>
internal enum DataLocation
{
    /// <summary>The data is the field.</summary>
    InPlace,
    FromRecord,
    FromField,
}
