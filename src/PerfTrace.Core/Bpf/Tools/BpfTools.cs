using PerfTrace.Perf;

namespace PerfTrace.Bpf;

/// <summary>The tools that ship with the module as BPF programs.</summary>
public static class BpfTools
{
    /// <summary>Parameters that every one of them takes, with those of the stream itself.</summary>
    public static IReadOnlyList<string> CommonParameters { get; } = ["ProcessId", "NoInherit", "CommandName", "CGroup", "Duration", "MaxEvents"];

    /// <summary>All, by their names.</summary>
    public static IReadOnlyList<BpfTool> All { get; } =
    [
        new("biolatency", "How long disks take, as a histogram.", "blockio",
            ["block:block_getrq", "block:block_rq_issue", "block:block_rq_complete"], ["Disk", "PerDisk", "MinimumDuration", "Interval"], typeof(LatencyRange)),
        new("biosnoop", "Each request to a disk: whose it is, where, how much, and how long it took.", "blockio",
            ["block:block_getrq", "block:block_rq_issue", "block:block_rq_complete"], ["Disk", "MinimumDuration", "BufferSize"], typeof(BlockRequest)),
        new("execsnoop", "Each program that is executed, with its arguments.", "execsnoop",
            ["sched:sched_process_exec"], ["BufferSize"], typeof(ExecEvent)),
        new("exitsnoop", "Each process that ends: how, and how long it had been there.", "exitsnoop",
            ["sched:sched_process_exit"], ["FailedOnly", "BufferSize"], typeof(ExitEvent)),
        new("offcputime", "How long threads are off the CPU, by the call stacks with which they leave it.", "offcputime",
            ["sched:sched_switch"], ["MinimumDuration", "BlockedOnly", "UserStackOnly", "KernelStackOnly", "Interval"], typeof(PerfStackTotal)),
        new("opensnoop", "Each file that is opened, or can not be.", "opensnoop",
            ["syscalls:sys_enter_openat", "syscalls:sys_exit_openat"], ["FailedOnly", "BufferSize"], typeof(OpenEvent)),
        new("profile", "Where the CPUs' time goes: call stacks, counted in the kernel.", "profile",
            [], ["Frequency", "IncludeIdle", "UserStackOnly", "KernelStackOnly", "Interval"], typeof(PerfStackTotal)),
        new("runqlat", "How long threads that could run wait for a CPU, as a histogram.", "runqlat",
            ["sched:sched_wakeup", "sched:sched_wakeup_new", "sched:sched_switch"], ["PerProcess", "MinimumDuration", "Interval"], typeof(LatencyRange)),
        new("tcplife", "Each TCP connection when it ends: the two sides, bytes and duration.", "tcplife",
            ["sock:inet_sock_set_state"], ["LocalPort", "RemotePort", "MinimumDuration", "BufferSize"], typeof(TcpConnection)),
    ];

    /// <summary>A tool by its name.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <param name="all">The tools that there are.</param>
    /// <exception cref="BpfToolNotFoundException">There is none of this name.</exception>
    public static BpfTool Find(string name, IReadOnlyList<BpfTool> all) => all.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new BpfToolNotFoundException(name, [.. all.Select(static t => t.Name)]);
}
