namespace PerfTrace.Bpf;

/// <summary>What the kernel wants to run a program by hand (its <c>test_run</c> in net/bpf/test_run.c and kernel/trace/bpf_trace.c).</summary>
internal enum BpfTestRunKind
{
    /// <summary>It can not be run so.</summary>
    None,

    /// <summary>A packet; runs are repeated and measured.</summary>
    Packet,

    /// <summary>A context alone; runs are repeated and measured.</summary>
    Lookup,

    /// <summary>The arguments of a raw tracepoint as context; one run.</summary>
    Arguments,

    /// <summary>A context that it may write to; one run.</summary>
    Call,

    /// <summary>Nothing; one run.</summary>
    Nothing,
}
