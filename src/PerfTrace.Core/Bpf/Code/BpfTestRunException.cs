using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Programs of a type can not be run by hand.</summary>
public sealed class BpfTestRunException(Errno errno, string program, BpfProgramType type)
    : KernelException(errno, "bpf", program,
        "The kernel runs packet programs (socket_filter, sched_cls, sched_act, xdp, cgroup_skb, lwt_*, flow_dissector, sk_lookup, netfilter), "
            + "raw_tracepoint, syscall and its own tests of fentry and fexit.",
        $"The kernel does not run programs of the type {BpfNames.Of(type)} by hand ({program}).");
