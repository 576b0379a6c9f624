namespace PerfTrace.Tracing;

/// <summary>What a trigger does when its event is hit.</summary>
public enum TracepointTriggerAction
{
    /// <summary>Recording into the instance begins.</summary>
    TraceOn,

    /// <summary>Recording into the instance ends: the buffer keeps what led to the event.</summary>
    TraceOff,

    /// <summary>The kernel's call stack is recorded.</summary>
    StackTrace,

    /// <summary>The buffer is swapped with the snapshot buffer (CONFIG_TRACER_SNAPSHOT).</summary>
    Snapshot,

    /// <summary>Another event is recorded from then on.</summary>
    EnableEvent,

    /// <summary>Another event is no longer recorded.</summary>
    DisableEvent,

    /// <summary>One that is made by other means: a histogram.</summary>
    Other,
}
