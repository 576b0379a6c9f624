using System.Globalization;
using System.IO.Compression;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What the system tells of itself: settings, options of the kernel, type information.</summary>
internal static class BpfSystemProbe
{
    private static readonly string[] Settings =
    [
        "kernel/unprivileged_bpf_disabled", "kernel/bpf_stats_enabled", "net/core/bpf_jit_enable", "net/core/bpf_jit_harden", "net/core/bpf_jit_kallsyms",
        "net/core/bpf_jit_limit",
    ];

    private static readonly string[] Options =
    [
        "BPF", "BPF_SYSCALL", "HAVE_EBPF_JIT", "BPF_JIT", "BPF_JIT_ALWAYS_ON", "BPF_UNPRIV_DEFAULT_OFF", "BPF_PRELOAD", "BPF_LSM", "DEBUG_INFO_BTF",
        "DEBUG_INFO_BTF_MODULES", "CGROUPS", "CGROUP_BPF", "CGROUP_NET_CLASSID", "SOCK_CGROUP_DATA", "BPF_EVENTS", "KPROBE_EVENTS", "UPROBE_EVENTS", "TRACING",
        "FTRACE_SYSCALLS", "FPROBE", "DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE", "NET", "XDP_SOCKETS", "LWTUNNEL_BPF",
        "NET_ACT_BPF", "NET_CLS_BPF", "NET_CLS_ACT", "NET_SCH_INGRESS", "NET_XGRESS", "NETKIT", "XFRM", "IP_ROUTE_CLASSID", "IPV6_SEG6_BPF", "BPF_LIRC_MODE2",
        "BPF_STREAM_PARSER", "NETFILTER_BPF_LINK", "NETFILTER_XT_MATCH_BPF", "TEST_BPF", "HZ",
    ];

    public static IEnumerable<BpfFeature> Sysctls(SystemPaths paths)
    {
        foreach (string setting in Settings)
        {
            string path = Path.Combine(paths.Proc, "sys", setting), name = setting.Replace('/', '.');
            BpfFeature feature;
            try
            {
                feature = new BpfFeature(BpfFeatureKind.Sysctl, name, true) { Value = long.Parse(KernelFile.ReadText(path).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) };
            }
            catch (KernelException e)
            {
                // The JIT's settings are root's alone to read.
                feature = new BpfFeature(BpfFeatureKind.Sysctl, name, e.Errno == Errno.ENOENT ? false : null) { Reason = e.Summary };
            }
            yield return feature;
        }
    }

    public static IEnumerable<BpfFeature> Configuration(SystemPaths paths)
    {
        Dictionary<string, string>? options = ReadOptions(paths, out string? reason);
        foreach (string option in Options)
        {
            string name = $"CONFIG_{option}";
            yield return options is null ? new BpfFeature(BpfFeatureKind.Configuration, name, null) { Reason = reason }
                : options.TryGetValue(name, out string? value) ? new BpfFeature(BpfFeatureKind.Configuration, name, value != "n") { Value = value }
                : new BpfFeature(BpfFeatureKind.Configuration, name, false);
        }
    }

    public static IEnumerable<BpfFeature> Btf(SystemPaths paths)
    {
        yield return Vmlinux();
        string modules = Path.Combine(paths.Sys, "kernel/btf");
        int count = Directory.Exists(modules) ? Directory.EnumerateFiles(modules).Count(static f => Path.GetFileName(f) != "vmlinux") : 0;
        yield return new BpfFeature(BpfFeatureKind.Btf, "modules", count > 0) { Value = count, Reason = count > 0 ? null : "No module that is loaded has type information." };
        foreach ((string name, byte[] types) in Samples())
        {
            using FileDescriptor? loaded = BpfTrial.TryLoadTypes(types, out Errno errno);
            yield return new BpfFeature(BpfFeatureKind.Btf, name, errno == Errno.EPERM ? null : loaded is not null) { Reason = loaded is null ? $"{KernelException.TextOf(errno)} ({errno})" : null };
        }
    }

    private static BpfFeature Vmlinux()
    {
        try
        {
            return new BpfFeature(BpfFeatureKind.Btf, "vmlinux", true) { Value = BtfTypes.Kernel.Count };
        }
        catch (Exception e) when (e is KernelException or BtfException)
        {
            return new BpfFeature(BpfFeatureKind.Btf, "vmlinux", false) { Reason = e.Message };
        }
    }

    private static Dictionary<string, string>? ReadOptions(SystemPaths paths, out string? reason)
    {
        reason = null;
        foreach (string path in (string[])[Path.Combine(paths.Proc, "config.gz"), $"/boot/config-{KernelRelease()}"])
        {
            if (!File.Exists(path))
                continue;
            try
            {
                using Stream file = File.OpenRead(path);
                using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
                return Parse(new StreamReader(plain));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                reason = e.Message;
            }
        }
        reason ??= "The kernel shows its options neither in /proc/config.gz (CONFIG_IKCONFIG_PROC) nor in /boot.";
        return null;

        string KernelRelease() => KernelFile.ReadText(Path.Combine(paths.Proc, "sys/kernel/osrelease")).Trim();
    }

    private static Dictionary<string, string> Parse(StreamReader reader)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line.StartsWith("CONFIG_", StringComparison.Ordinal))
                options[line[..equals]] = line[(equals + 1)..].Trim('"');
        }
        return options;
    }

    // The smallest type information with a type of each newer kind (Documentation/bpf/btf.rst). Type 1 is an int.
    private static IEnumerable<(string Name, byte[] Types)> Samples()
    {
        const uint Name = 5; // "x"
        yield return ("func", Types([0, Kind(BtfKind.FunctionPrototype), 0, Name, Kind(BtfKind.Function), 2]));
        yield return ("func_global", Types([0, Kind(BtfKind.FunctionPrototype), 0, Name, Kind(BtfKind.Function) | 1, 2]));
        yield return ("datasec", Types([Name, Kind(BtfKind.Variable), 1, 0, Name, Kind(BtfKind.DataSection) | 1, 4, 2, 0, 4]));
        yield return ("float", Types([Name, Kind(BtfKind.Float), 4]));
        yield return ("decl_tag", Types([Name, Kind(BtfKind.Typedef), 1, Name, Kind(BtfKind.DeclarationTag), 2, uint.MaxValue]));
        yield return ("type_tag", Types([Name, Kind(BtfKind.TypeTag), 1, 0, Kind(BtfKind.Pointer), 2]));
        yield return ("enum64", Types([Name, Kind(BtfKind.Enum64) | 1, 8, Name, 0, 0]));

        static uint Kind(BtfKind kind) => (uint)kind << 24;
    }

    private static byte[] Types(uint[] more)
    {
        uint[] words = [1, (uint)BtfKind.Integer << 24, 4, 0x01000020, .. more];
        byte[] strings = [.. "\0int\0x\0"u8];
        return
        [
            0x9f, 0xeb, 1, 0, .. BitConverter.GetBytes(24), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(words.Length * 4), .. BitConverter.GetBytes(words.Length * 4),
            .. BitConverter.GetBytes(strings.Length), .. words.SelectMany(BitConverter.GetBytes), .. strings,
        ];
    }
}
