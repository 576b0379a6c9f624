using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Makes maps (BPF_MAP_CREATE).</summary>
public static unsafe class BpfMapCreation
{
    private const int MostName = 15, StackDepth = 127; // BPF_OBJ_NAME_LEN - 1; PERF_MAX_STACK_DEPTH

    /// <summary>Makes a map; it lives as long as the object, and as what else holds it.</summary>
    /// <exception cref="ArgumentException">The name or the sizes are none that a map of the type may have.</exception>
    /// <exception cref="KernelException">The kernel refuses it, or does not know the type.</exception>
    public static BpfMap Create(BpfMapRequest request)
    {
        string name = Check(request);
        (int keySize, int valueSize, uint entries, BpfMapFlags flags) = Complete(request);
        using FileDescriptor? made = request.Types is null && NeedsTypes(request.Type) ? BpfBtf.Load(MapTypes.Build(valueSize)) : null;
        FileDescriptor? types = request.Types ?? made;
        using FileDescriptor? inner = request.InnerMap?.Open();
        CreateAttributes attributes = new()
        {
            Type = (uint)request.Type,
            KeySize = (uint)keySize,
            ValueSize = (uint)valueSize,
            MaximumEntries = entries,
            Flags = (uint)(flags | (request.NumaNode is null ? 0 : BpfMapFlags.NumaNode)),
            InnerMap = (uint)(inner?.Number ?? 0),
            NumaNode = (uint)(request.NumaNode ?? 0),
            Btf = (uint)(types?.Number ?? 0),
            KeyTypeId = made is null ? request.KeyTypeId : MapTypes.KeyId,
            ValueTypeId = made is null ? request.ValueTypeId : MapTypes.ValueId,
            Extra = request.Extra,
        };
        Encoding.UTF8.GetBytes(name, new Span<byte>(attributes.Name, MostName));
        Errno errno = BpfCalls.Try(BpfCommand.MapCreate, &attributes, CreateAttributes.StructureSize, out int descriptor);
        return errno == Errno.None
            ? BpfMap.FromDescriptor(new FileDescriptor(descriptor))
            : throw BpfCalls.Error(errno == Errno.ENOTSUPP ? Errno.EOPNOTSUPP : errno, BpfCommand.MapCreate, Describe(request, keySize, valueSize, entries), Advice(errno, request));
    }

    private static string Check(BpfMapRequest request)
    {
        if (request.Name.Length > MostName || request.Name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.')))
            throw new ArgumentException($"'{request.Name}' is no name of a map: letters, digits, _ and ., {MostName} at most.", nameof(request));
        if (BpfMapShape.HoldsMaps(request.Type) && request.InnerMap is null)
            throw new ArgumentException($"A {BpfNames.Of(request.Type)} needs an inner map to tell what its maps are like.", nameof(request));
        if (request.InnerMap is not null && !BpfMapShape.HoldsMaps(request.Type))
            throw new ArgumentException($"A {BpfNames.Of(request.Type)} has no inner maps.", nameof(request));
        if (request.Type == BpfMapType.StructOps)
            throw new ArgumentException("A struct_ops map is made from an object file that has its functions: Import-BpfObject.", nameof(request));
        return request.Name;
    }

    // What each type wants: the map_alloc_check functions in kernel/bpf/*.c and net/core/*.c.
    private static (int KeySize, int ValueSize, uint Entries, BpfMapFlags Flags) Complete(BpfMapRequest request)
    {
        (int key, int value, uint entries, BpfMapFlags flags) = request.Type switch
        {
            BpfMapType.Array or BpfMapType.PerCpuArray => (4, 8, 1u, BpfMapFlags.None),
            BpfMapType.ProgramArray or BpfMapType.CGroupArray or BpfMapType.ArrayOfMaps or BpfMapType.DevMap or BpfMapType.CpuMap or BpfMapType.XskMap or BpfMapType.SockMap =>
                (4, 4, request.Type == BpfMapType.CpuMap ? (uint)BpfMapShape.PossibleCpus : 64u, BpfMapFlags.None),
            BpfMapType.PerfEventArray => (4, 4, (uint)BpfMapShape.PossibleCpus, BpfMapFlags.None),
            BpfMapType.HashOfMaps or BpfMapType.DevMapHash or BpfMapType.SockHash => (4, 4, 1024u, BpfMapFlags.None),
            BpfMapType.ReusePortSockArray => (4, 8, 64u, BpfMapFlags.None),
            BpfMapType.StackTrace => (4, StackDepth * (request.Flags.HasFlag(BpfMapFlags.StackBuildId) ? 32 : 8), 16384u, BpfMapFlags.None),
            BpfMapType.LpmTrie => (8, 8, 1024u, BpfMapFlags.NoPreallocation),
            BpfMapType.Queue or BpfMapType.Stack or BpfMapType.BloomFilter => (0, 8, 1024u, BpfMapFlags.None),
            BpfMapType.RingBuffer or BpfMapType.UserRingBuffer => (0, 0, 256u << 10, BpfMapFlags.None),
            BpfMapType.Arena => (0, 0, 16u, BpfMapFlags.Mappable),
            BpfMapType.CGroupStorage or BpfMapType.PerCpuCGroupStorage => (16, 8, 0u, BpfMapFlags.None),
            BpfMapType.SkStorage or BpfMapType.InodeStorage or BpfMapType.TaskStorage or BpfMapType.CgrpStorage => (4, 8, 0u, BpfMapFlags.NoPreallocation),
            _ => (8, 8, 1024u, BpfMapFlags.None),
        };
        return (request.KeySize ?? key, request.ValueSize ?? value, request.MaximumEntries ?? entries, request.Flags | flags);
    }

    private static bool NeedsTypes(BpfMapType type) =>
        type is BpfMapType.SkStorage or BpfMapType.InodeStorage or BpfMapType.TaskStorage or BpfMapType.CgrpStorage;

    private static string Describe(BpfMapRequest request, int keySize, int valueSize, uint entries) =>
        $"{BpfNames.Of(request.Type)} (key {keySize} bytes, value {valueSize} bytes, {entries} entries)";

    private static string? Advice(Errno errno, BpfMapRequest request) => errno switch
    {
        Errno.EINVAL => request.Type switch
        {
            BpfMapType.RingBuffer or BpfMapType.UserRingBuffer => "A ring buffer has no keys and values, and a power of two of bytes that is a multiple of the page size.",
            BpfMapType.LpmTrie => "A key is 4 bytes for the length and 1 to 256 for the data; the value has one byte at least.",
            BpfMapType.Array or BpfMapType.PerCpuArray or BpfMapType.ProgramArray or BpfMapType.PerfEventArray or BpfMapType.CGroupArray or BpfMapType.ArrayOfMaps =>
                "The key of an array has 4 bytes, and there is one element at least.",
            BpfMapType.Queue or BpfMapType.Stack or BpfMapType.BloomFilter => "It has no keys, values of one byte at least, and one entry at least.",
            BpfMapType.StackTrace => $"A stack has a multiple of 8 bytes (32 with build ids), at most kernel.perf_event_max_stack frames ({StackDepth}).",
            BpfMapType.Hash or BpfMapType.PerCpuHash or BpfMapType.LruHash or BpfMapType.LruPerCpuHash or BpfMapType.HashOfMaps =>
                "Key, value and number of entries are at least 1; some flags belong to other types.",
            _ => "This kernel does not know the type of map, or does not take these sizes or flags for it: Get-BpfFeature -Kind MapType.",
        },
        Errno.E2BIG => "It is larger than a map can be: keys have 512 bytes at most, and the whole less than 4 GiB.",
        Errno.EOPNOTSUPP or Errno.ENOTSUPP => "This kernel was built without what the type of map is for.",
        _ => null,
    };

    // What is stored at an object must have types: an int as the key, unsigned chars as the value (Documentation/bpf/btf.rst).
    private static class MapTypes
    {
        public const uint KeyId = 1, ValueId = 3;

        public static byte[] Build(int valueSize)
        {
            byte[] strings = [0, .. "int\0unsigned char\0"u8];
            uint[] types =
            [
                1, 1u << 24, 4, (1u << 24) | 32, // 1: int, signed
                5, 1u << 24, 1, 8, // 2: unsigned char
                0, 3u << 24, 0, 2, 1, (uint)valueSize, // 3: unsigned char[valueSize]
            ];
            uint typeBytes = (uint)types.Length * sizeof(uint);
            var blob = new List<byte>();
            blob.AddRange([0x9f, 0xeb, 1, 0]); // BTF_MAGIC, version 1, no flags
            foreach (uint word in (uint[])[24, 0, typeBytes, typeBytes, (uint)strings.Length, .. types])
                blob.AddRange(BitConverter.GetBytes(word));
            blob.AddRange(strings);
            return [.. blob];
        }
    }

    // union bpf_attr of BPF_MAP_CREATE through map_extra (Linux 5.16)
    private struct CreateAttributes
    {
        public const uint StructureSize = 72;

        public uint Type;
        public uint KeySize;
        public uint ValueSize;
        public uint MaximumEntries;
        public uint Flags;
        public uint InnerMap;
        public uint NumaNode;
        public fixed byte Name[16];
        public uint InterfaceIndex;
        public uint Btf;
        public uint KeyTypeId;
        public uint ValueTypeId;
        public uint KernelValueTypeId;
        public ulong Extra;
    }
}
