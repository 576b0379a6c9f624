using System.Globalization;

namespace PerfTrace.Bpf;

/// <summary>
/// The kernel's words for kinds of programs, maps, attachments and links: its constants without their prefix, in small letters, as bpftool and libbpf write them
/// (<c>percpu_hash</c> for BPF_MAP_TYPE_PERCPU_HASH).
/// </summary>
public static class BpfNames
{
    private static readonly string[] ProgramTypes =
    [
        "unspec", "socket_filter", "kprobe", "sched_cls", "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb", "cgroup_sock", "lwt_in",
        "lwt_out", "lwt_xmit", "sock_ops", "sk_skb", "cgroup_device", "sk_msg", "raw_tracepoint", "cgroup_sock_addr", "lwt_seg6local", "lirc_mode2",
        "sk_reuseport", "flow_dissector", "cgroup_sysctl", "raw_tracepoint_writable", "cgroup_sockopt", "tracing", "struct_ops", "ext", "lsm",
        "sk_lookup", "syscall", "netfilter",
    ];

    private static readonly string[] MapTypes =
    [
        "unspec", "hash", "array", "prog_array", "perf_event_array", "percpu_hash", "percpu_array", "stack_trace", "cgroup_array", "lru_hash",
        "lru_percpu_hash", "lpm_trie", "array_of_maps", "hash_of_maps", "devmap", "sockmap", "cpumap", "xskmap", "sockhash", "cgroup_storage",
        "reuseport_sockarray", "percpu_cgroup_storage", "queue", "stack", "sk_storage", "devmap_hash", "struct_ops", "ringbuf", "inode_storage",
        "task_storage", "bloom_filter", "user_ringbuf", "cgrp_storage", "arena",
    ];

    private static readonly string[] AttachTypes =
    [
        "cgroup_inet_ingress", "cgroup_inet_egress", "cgroup_inet_sock_create", "cgroup_sock_ops", "sk_skb_stream_parser", "sk_skb_stream_verdict",
        "cgroup_device", "sk_msg_verdict", "cgroup_inet4_bind", "cgroup_inet6_bind", "cgroup_inet4_connect", "cgroup_inet6_connect",
        "cgroup_inet4_post_bind", "cgroup_inet6_post_bind", "cgroup_udp4_sendmsg", "cgroup_udp6_sendmsg", "lirc_mode2", "flow_dissector",
        "cgroup_sysctl", "cgroup_udp4_recvmsg", "cgroup_udp6_recvmsg", "cgroup_getsockopt", "cgroup_setsockopt", "trace_raw_tp", "trace_fentry",
        "trace_fexit", "modify_return", "lsm_mac", "trace_iter", "cgroup_inet4_getpeername", "cgroup_inet6_getpeername", "cgroup_inet4_getsockname",
        "cgroup_inet6_getsockname", "xdp_devmap", "cgroup_inet_sock_release", "xdp_cpumap", "sk_lookup", "xdp", "sk_skb_verdict",
        "sk_reuseport_select", "sk_reuseport_select_or_migrate", "perf_event", "trace_kprobe_multi", "lsm_cgroup", "struct_ops", "netfilter",
        "tcx_ingress", "tcx_egress", "trace_uprobe_multi", "cgroup_unix_connect", "cgroup_unix_sendmsg", "cgroup_unix_recvmsg",
        "cgroup_unix_getpeername", "cgroup_unix_getsockname", "netkit_primary", "netkit_peer", "trace_kprobe_session", "trace_uprobe_session",
    ];

    private static readonly string[] LinkTypes =
    [
        "unspec", "raw_tracepoint", "tracing", "cgroup", "iter", "netns", "xdp", "perf_event", "kprobe_multi", "struct_ops", "netfilter", "tcx",
        "uprobe_multi", "netkit", "sockmap",
    ];

    /// <summary>The kernel's word; a number where this list has none.</summary>
    public static string Of(BpfProgramType type) => At(ProgramTypes, (int)type);

    /// <summary>The kernel's word; a number where this list has none.</summary>
    public static string Of(BpfMapType type) => At(MapTypes, (int)type);

    /// <summary>The kernel's word; a number where this list has none.</summary>
    public static string Of(BpfAttachType type) => At(AttachTypes, (int)type);

    /// <summary>The kernel's word; a number where this list has none.</summary>
    public static string Of(BpfLinkType type) => At(LinkTypes, (int)type);

    /// <summary>Takes the kernel's word, the name in .NET or a number.</summary>
    public static bool TryParse(string text, out BpfProgramType type) => TryParse(ProgramTypes, text, out type);

    /// <summary>Takes the kernel's word, the name in .NET or a number.</summary>
    public static bool TryParse(string text, out BpfMapType type) => TryParse(MapTypes, text, out type);

    /// <summary>Takes the kernel's word, the name in .NET or a number.</summary>
    public static bool TryParse(string text, out BpfAttachType type) => TryParse(AttachTypes, text, out type);

    /// <summary>Takes the kernel's word, the name in .NET or a number.</summary>
    public static bool TryParse(string text, out BpfLinkType type) => TryParse(LinkTypes, text, out type);

    private static string At(string[] names, int value) =>
        value >= 0 && value < names.Length ? names[value] : value.ToString(CultureInfo.InvariantCulture);

    private static bool TryParse<T>(string[] names, string text, out T type)
        where T : struct, Enum
    {
        int index = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            return Enum.TryParse(text, ignoreCase: true, out type);
        type = (T)Enum.ToObject(typeof(T), index);
        return true;
    }
}
