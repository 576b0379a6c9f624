using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Which kinds of maps the kernel makes.</summary>
internal static unsafe class BpfMapProbe
{
    private const uint NoPreallocation = 1, Mappable = 1 << 10; // BPF_F_NO_PREALLOC, BPF_F_MMAPABLE

    // One type, an integer of 4 bytes, for maps that want their values described.
    private static readonly byte[] IntegerType =
    [
        0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 16, 0, 0, 0, 5, 0, 0, 0,
        1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 32, 0, 0, 1, 0, (byte)'i', (byte)'n', (byte)'t', 0,
    ];

    public static IEnumerable<BpfFeature> MapTypes(BtfTypes? types)
    {
        int last = types?.Find("bpf_map_type", BtfKind.Enum) is { } list
            ? (int)list.Enumerators.Where(static e => !e.Name.StartsWith("__", StringComparison.Ordinal)).Max(static e => e.Bits) : (int)Enum.GetValues<BpfMapType>().Max();
        return Enumerable.Range(1, last).Select(static n => (BpfMapType)n).Select(static type =>
        {
            Errno errno = Try(type);
            bool isThere = errno == Errno.None || (type == BpfMapType.StructOps && errno == Errno.ENOTSUPP);
            return new BpfFeature(BpfFeatureKind.MapType, BpfNames.Of(type), errno == Errno.EPERM ? null : isThere) { Reason = isThere ? null : $"{KernelException.TextOf(errno)} ({errno})" };
        });
    }

    private static Errno Try(BpfMapType type)
    {
        // struct { u32 map_type, key_size, value_size, max_entries, map_flags, inner_map_fd, numa_node; char map_name[16]; u32 map_ifindex, btf_fd, btf_key_type_id,
        // btf_value_type_id, btf_vmlinux_value_type_id; u64 map_extra; } of union bpf_attr
        uint* attributes = stackalloc uint[18];
        new Span<uint>(attributes, 18).Clear();
        (attributes[0], attributes[1], attributes[2], attributes[3]) = ((uint)type, 4, 4, 1);
        FileDescriptor? other = null;
        switch (type)
        {
            case BpfMapType.StackTrace:
                attributes[2] = sizeof(ulong);
                break;
            case BpfMapType.LpmTrie:
                (attributes[1], attributes[4]) = (sizeof(ulong), NoPreallocation);
                break;
            case BpfMapType.CGroupStorage or BpfMapType.PerCpuCGroupStorage:
                (attributes[1], attributes[3]) = (16, 0); // struct bpf_cgroup_storage_key
                break;
            case BpfMapType.Queue or BpfMapType.Stack or BpfMapType.BloomFilter:
                attributes[1] = 0;
                break;
            case BpfMapType.RingBuffer or BpfMapType.UserRingBuffer:
                (attributes[1], attributes[2], attributes[3]) = (0, 0, (uint)Environment.SystemPageSize);
                break;
            case BpfMapType.SkStorage or BpfMapType.InodeStorage or BpfMapType.TaskStorage or BpfMapType.CgrpStorage:
                other = BpfTrial.TryLoadTypes(IntegerType, out _);
                (attributes[3], attributes[4], attributes[12], attributes[13], attributes[14]) = (0, NoPreallocation, (uint)(other?.Number ?? 0), 1, 1);
                break;
            case BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps:
                other = Inner();
                attributes[5] = (uint)(other?.Number ?? 0);
                break;
            case BpfMapType.StructOps:
                attributes[15] = 1; // no table of functions: a kernel that has such maps says so
                break;
            case BpfMapType.Arena:
                (attributes[1], attributes[2], attributes[4]) = (0, 0, Mappable);
                break;
        }
        using (other)
        {
            Errno errno = BpfCalls.Try(BpfCommand.MapCreate, attributes, 72, out int descriptor);
            if (errno == Errno.None)
                new FileDescriptor(descriptor).Dispose();
            return errno;
        }
    }

    private static FileDescriptor? Inner()
    {
        uint* attributes = stackalloc uint[4];
        (attributes[0], attributes[1], attributes[2], attributes[3]) = ((uint)BpfMapType.Hash, 4, 4, 1);
        return BpfCalls.Try(BpfCommand.MapCreate, attributes, 16, out int descriptor) == Errno.None ? new FileDescriptor(descriptor) : null;
    }
}
