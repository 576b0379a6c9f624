namespace PerfTrace.Tracing;

/// <summary>What a session can leave behind. In the order in which they can be removed: what uses comes before what is used.</summary>
public enum PerfTraceResourceKind
{
    /// <summary>A setting of the top level or of an instance that is not the session's own; removing it puts back what was there before.</summary>
    Setting,

    /// <summary>A histogram trigger, in an instance of the session's or by its name.</summary>
    Histogram,

    /// <summary>Another trigger in an instance of the session's.</summary>
    Trigger,

    /// <summary>An event that is enabled in an instance of the session's.</summary>
    EnabledEvent,

    /// <summary>A filter in an instance of the session's.</summary>
    Filter,

    /// <summary>An instance.</summary>
    Instance,

    /// <summary>A probe on another event.</summary>
    EventProbe,

    /// <summary>A probe on kernel code.</summary>
    KProbe,

    /// <summary>A probe on entry or return of a kernel function (fprobe), or on a raw tracepoint.</summary>
    FProbe,

    /// <summary>A probe on user-space code.</summary>
    UProbe,

    /// <summary>An event that histograms generate.</summary>
    SyntheticEvent,

    /// <summary>A pinned BPF object, or a directory of them.</summary>
    Pin,
}
