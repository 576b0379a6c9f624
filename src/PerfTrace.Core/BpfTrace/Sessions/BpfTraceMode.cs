namespace PerfTrace.BpfTrace;

/// <summary>Which of a script's probes run.</summary>
public enum BpfTraceMode
{
    /// <summary>Those at events.</summary>
    Trace,

    /// <summary>Its <c>test</c> probes, once each and one after the other, as by bpftrace's <c>--test</c>.</summary>
    Test,

    /// <summary>Its <c>bench</c> probes, again and again, as by bpftrace's <c>--bench</c>.</summary>
    Benchmark,
}
