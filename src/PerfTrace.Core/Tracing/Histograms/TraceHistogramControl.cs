namespace PerfTrace.Tracing;

/// <summary>What can be done with a histogram that is there.</summary>
public enum TraceHistogramControl
{
    /// <summary>Stop counting.</summary>
    Pause,

    /// <summary>Count again.</summary>
    Continue,

    /// <summary>Forget what has been counted.</summary>
    Clear,
}
