using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Makes maps (BPF_MAP_CREATE).</summary>
public static unsafe class BpfMapCreation
{
    private const int MostName = 15, StackDepth = 127; // BPF_OBJ_NAME_LEN - 1; PERF_MAX_STACK_DEPTH

    /// <summary>Makes a map; it lives as long as the object, and as what else holds it.</summary>
    /// <exception cref="BpfMapRequestException">The name or the sizes are none that a map of the type may have.</exception>
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
            ValueTypeId = made is null ? request.ValueTypeId : MapTypes.ValueId(valueSize),
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
            throw new BpfMapRequestException($"'{request.Name}' is no name of a map: letters, digits, _ and ., {MostName} at most.");
        if (BpfMapShape.HoldsMaps(request.Type) && request.InnerMap is null)
            throw new BpfMapRequestException($"Maps of the type {BpfNames.Of(request.Type)} need an inner map to tell what the maps in them are like: -InnerMap.");
        if (request.InnerMap is not null && !BpfMapShape.HoldsMaps(request.Type))
            throw new BpfMapRequestException($"Maps of the type {BpfNames.Of(request.Type)} have no inner maps.");
        if (request.Type == BpfMapType.StructOps)
            throw new BpfMapRequestException("A struct_ops map is made from an object file that has its functions: Import-BpfObject.");
        return request.Name;
    }

    // What each type wants: the map_alloc_check functions in kernel/bpf/*.c and net/core/*.c.
    private static (int KeySize, int ValueSize, uint Entries, BpfMapFlags Flags) Complete(BpfMapRequest request)
    {
        (int key, int value, uint entries, BpfMapFlags flags) = request.Type switch
        {
            BpfMapType.Array or BpfMapType.PerCpuArray => (4, 8, 1u, BpfMapFlags.None),
            BpfMapType.ProgramArray or BpfMapType.CGroupArray or BpfMapType.ArrayOfMaps or BpfMapType.DevMap or BpfMapType.CpuMap or BpfMapType.XskMap =>
                (4, 4, request.Type == BpfMapType.CpuMap ? (uint)BpfMapShape.PossibleCpus : 64u, BpfMapFlags.None),
            BpfMapType.PerfEventArray => (4, 4, (uint)BpfMapShape.PossibleCpus, BpfMapFlags.None),
            BpfMapType.HashOfMaps or BpfMapType.DevMapHash => (4, 4, 1024u, BpfMapFlags.None),
            // With values of 4 bytes sockets could be put in, but not be asked for (sock_map_lookup_sys in net/core/sock_map.c).
            BpfMapType.SockMap or BpfMapType.ReusePortSockArray => (4, 8, 64u, BpfMapFlags.None),
            BpfMapType.SockHash => (4, 8, 1024u, BpfMapFlags.None),
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
        Errno.EINVAL when request.NumaNode is { } node && !Directory.Exists(Path.Combine(SystemPaths.Default.Sys, $"devices/system/node/node{node}")) => $"There is no memory node {node} here.",
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
        Errno.E2BIG => "The entries are too many or too large for one map: a key and its value have less than 4 MiB together (and in older kernels a key 512 bytes at most).",
        Errno.EOPNOTSUPP or Errno.ENOTSUPP => "This kernel was built without what the type of map is for.",
        _ => null,
    };

    // What is stored at an object must have types: an int as the key; as the value an unsigned number where the size is that of one, else unsigned chars
    // (Documentation/bpf/btf.rst).
    private static class MapTypes
    {
        public const uint KeyId = 1;
        private const uint NumberId = 2, BytesId = 3;

        public static uint ValueId(int valueSize) => IsNumber(valueSize) ? NumberId : BytesId;

        public static byte[] Build(int valueSize)
        {
            uint number = IsNumber(valueSize) ? (uint)valueSize : 1;
            byte[] strings = [0, .. "int\0"u8, .. Encoding.ASCII.GetBytes($"__u{number * 8}\0")];
            uint[] types =
            [
                1, 1u << 24, 4, (1u << 24) | 32, // 1: int, signed
                5, 1u << 24, number, number * 8, // 2: __u8 to __u64
                0, 3u << 24, 0, NumberId, 1, (uint)valueSize / number, // 3: an array of it
            ];
            uint typeBytes = (uint)types.Length * sizeof(uint);
            var blob = new List<byte>();
            blob.AddRange([0x9f, 0xeb, 1, 0]); // BTF_MAGIC, version 1, no flags
            foreach (uint word in (uint[])[24, 0, typeBytes, typeBytes, (uint)strings.Length, .. types])
                blob.AddRange(BitConverter.GetBytes(word));
            blob.AddRange(strings);
            return [.. blob];
        }

        private static bool IsNumber(int size) => size is 1 or 2 or 4 or 8;
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
