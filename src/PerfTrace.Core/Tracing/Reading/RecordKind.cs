namespace PerfTrace.Tracing;

/// <summary>What becomes of a record.</summary>
internal enum RecordKind
{
    /// <summary>An object of the event's class.</summary>
    Event,

    Function,
    GraphEntry,
    GraphExit,
    Marker,
    BpfPrintk,
    KernelStack,
    UserStack,

    /// <summary>There is no format of its number.</summary>
    Unknown,
}
