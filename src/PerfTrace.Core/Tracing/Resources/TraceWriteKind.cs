namespace PerfTrace.Tracing;

/// <summary>How a <see cref="TraceWrite"/> reaches its file.</summary>
internal enum TraceWriteKind
{
    /// <summary>In place of what the file has.</summary>
    Replace,

    /// <summary>Added to what the file has.</summary>
    Append,

    /// <summary>A trigger that is added, unless the event has one of its kind.</summary>
    AddTrigger,

    /// <summary>A trigger that is removed, if the event has one of its kind.</summary>
    RemoveTrigger,
}
