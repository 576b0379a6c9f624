using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A BPF map, as BPF_OBJ_GET_INFO_BY_FD tells of it.</summary>
public sealed class BpfMap : BpfKernelObject
{
    private BpfMap(FileDescriptor? owned, Lazy<BpfUses>? uses)
        : base(owned, uses)
    {
    }

    /// <summary>Its name, through 15 bytes; empty: none was given.</summary>
    public string Name { get; private init; } = "";

    /// <summary>What it is.</summary>
    public BpfMapType Type { get; private init; }

    /// <summary>Bytes of a key; 0: it has none.</summary>
    public int KeySize { get; private init; }

    /// <summary>Bytes of a value; of a map for each CPU those of one CPU's.</summary>
    public int ValueSize { get; private init; }

    /// <summary>How many entries fit; a ring buffer's bytes.</summary>
    public uint MaximumEntries { get; private init; }

    /// <summary>How it was made.</summary>
    public BpfMapFlags Flags { get; private init; }

    /// <summary>Bytes of memory that it takes; null where the kernel does not tell.</summary>
    public long? MemoryBytes { get; private init; }

    /// <summary>User space can not change it any more.</summary>
    public bool IsFrozen { get; private init; }

    /// <summary>Its type information; 0: it has none.</summary>
    public uint BtfId { get; private init; }

    /// <summary>The type of a key in that; 0: unknown.</summary>
    public uint KeyTypeId { get; private init; }

    /// <summary>The type of a value in that; 0: unknown.</summary>
    public uint ValueTypeId { get; private init; }

    /// <summary>The type of a value in the kernel's own type information (struct_ops); 0: none.</summary>
    public uint KernelValueTypeId { get; private init; }

    /// <summary>What more belongs to the type: a Bloom filter's number of hash functions, an arena's address (Linux 5.16).</summary>
    public ulong Extra { get; private init; }

    /// <summary>The network interface that it was offloaded to; 0: none.</summary>
    public uint InterfaceIndex { get; private init; }

    /// <summary>The type of the programs that an array of programs takes, once it has been used; else null.</summary>
    public BpfProgramType? OwnerProgramType { get; private init; }

    /// <summary>Whether those are compiled to machine code; null for other maps.</summary>
    public bool? OwnerIsJited { get; private init; }

    internal override BpfObjectKind Kind => BpfObjectKind.Map;

    private protected override BpfCommand OpenCommand => BpfCommand.MapById;

    public override string ToString() => Name.Length > 0 ? Name : $"map {Id}";

    /// <summary>All maps, by id.</summary>
    /// <exception cref="KernelException">EPERM: listing takes CAP_SYS_ADMIN.</exception>
    public static IEnumerable<BpfMap> ReadAll() => ReadAll(BpfUses.Later(SystemPaths.Default));

    internal static IEnumerable<BpfMap> ReadAll(Lazy<BpfUses> uses) => ReadAll(BpfCommand.MapNextId, "maps", id => Read(id, uses));

    /// <summary>A map by its id; null when it is not there.</summary>
    /// <exception cref="KernelException">EPERM.</exception>
    public static BpfMap? Read(uint id) => Read(id, null);

    internal static BpfMap? Read(uint id, Lazy<BpfUses>? uses) => Read(BpfCommand.MapById, id, descriptor => Read(descriptor, owned: null, uses));

    /// <summary>A map that this process made; the object owns the descriptor from now on.</summary>
    internal static BpfMap FromDescriptor(FileDescriptor owned) => Read(owned, owned, null);

    /// <summary>The map behind a descriptor that stays the caller's.</summary>
    internal static BpfMap Of(FileDescriptor descriptor) => Read(descriptor, owned: null, null);

    private static unsafe BpfMap Read(FileDescriptor descriptor, FileDescriptor? owned, Lazy<BpfUses>? uses)
    {
        BpfMapInfo info = default;
        BpfCalls.GetInfo(descriptor, &info, BpfMapInfo.StructureSize, "map");
        BpfDescriptorInfo? more = BpfDescriptorInfo.Read(descriptor);
        return new BpfMap(owned, uses)
        {
            Id = info.Id,
            Name = BpfCalls.Text(new ReadOnlySpan<byte>(info.Name, BpfMapInfo.NameSize)),
            Type = (BpfMapType)info.Type,
            KeySize = (int)info.KeySize,
            ValueSize = (int)info.ValueSize,
            MaximumEntries = info.MaximumEntries,
            Flags = (BpfMapFlags)info.Flags,
            MemoryBytes = more?.Number("memlock"),
            IsFrozen = more?.Number("frozen") > 0,
            BtfId = info.BtfId,
            KeyTypeId = info.KeyTypeId,
            ValueTypeId = info.ValueTypeId,
            KernelValueTypeId = info.KernelValueTypeId,
            Extra = info.Extra,
            InterfaceIndex = info.InterfaceIndex,
            OwnerProgramType = more?.Number("owner_prog_type") is { } type ? (BpfProgramType)type : null,
            OwnerIsJited = more?.Number("owner_jited") is { } jited ? jited > 0 : null,
        };
    }
}
