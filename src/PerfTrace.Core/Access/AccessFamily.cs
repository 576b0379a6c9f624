namespace PerfTrace.Access;

/// <summary>Which part of the kernel, or of user space, a feature belongs to.</summary>
public enum AccessFamily
{
    /// <summary>perf_event_open(2).</summary>
    Perf,

    /// <summary>tracefs.</summary>
    Tracing,

    /// <summary>bpf(2).</summary>
    Bpf,

    /// <summary>Names for addresses, and the libraries that find them.</summary>
    Symbols,
}
