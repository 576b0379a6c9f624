using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A BPF program that is loaded, as BPF_OBJ_GET_INFO_BY_FD tells of it.</summary>
public sealed class BpfProgram : BpfKernelObject
{
    // More maps than a program can have (MAX_USED_MAPS in include/linux/bpf_verifier.h is 64; bound ones come on top of them).
    private const int MostMaps = 4096;

    private BpfProgram(FileDescriptor? owned, Lazy<BpfUses>? uses)
        : base(owned, uses)
    {
    }

    /// <summary>Its name, its function's where the kernel cut it after 15 bytes; empty: none was given.</summary>
    public string Name { get; private init; } = "";

    /// <summary>What it may be attached to.</summary>
    public BpfProgramType Type { get; private init; }

    /// <summary>The hash of its instructions, 16 hexadecimal digits.</summary>
    public string Tag { get; private init; } = "";

    /// <summary>When it was loaded, from the clock that counts since the boot and the wall clock as it is set now.</summary>
    public DateTimeOffset LoadedAt { get; private init; }

    /// <summary>The user who loaded it.</summary>
    public uint UserId { get; private init; }

    /// <summary>Its license lets it call the helpers that are for GPL programs alone.</summary>
    public bool IsGplCompatible { get; private init; }

    /// <summary>Bytes of its instructions after the verifier, 8 each.</summary>
    public int TranslatedBytes { get; private init; }

    /// <summary>It was compiled to machine code.</summary>
    public bool IsJited => JitedBytes > 0;

    /// <summary>Bytes of its machine code; 0: it is interpreted.</summary>
    public int JitedBytes { get; private init; }

    /// <summary>Bytes of memory that it takes, in whole pages; null where the kernel does not tell.</summary>
    public long? MemoryBytes { get; private init; }

    /// <summary>The maps that it uses.</summary>
    public IReadOnlyList<uint> MapId { get; private init; } = [];

    /// <summary>Its type information; 0: it has none.</summary>
    public uint BtfId { get; private init; }

    /// <summary>The type information of what it is attached to (the kernel's, a module's); 0: none.</summary>
    public uint AttachBtfObjectId { get; private init; }

    /// <summary>The function in that type information.</summary>
    public uint AttachBtfId { get; private init; }

    /// <summary>The network interface that it was offloaded to; 0: it runs on the CPU.</summary>
    public uint InterfaceIndex { get; private init; }

    /// <summary>How often it has run while statistics were on (<c>kernel.bpf_stats_enabled</c>).</summary>
    public long RunCount { get; private init; }

    /// <summary>How long it has run while statistics were on.</summary>
    public TimeSpan RunTime => TimeSpan.FromTicks(RunNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>The same in nanoseconds.</summary>
    public long RunNanoseconds { get; private init; }

    /// <summary>How often it was not run since it ran on this CPU already (Linux 5.12).</summary>
    public long RecursionMisses { get; private init; }

    /// <summary>How many instructions the verifier went through (Linux 5.16).</summary>
    public int VerifiedInstructions { get; private init; }

    /// <summary>The links that it is attached by; looked up when first asked for, together for all objects of one listing.</summary>
    public IReadOnlyList<uint> LinkId => Uses.LinksOf(Id);

    internal override BpfObjectKind Kind => BpfObjectKind.Program;

    private protected override BpfCommand OpenCommand => BpfCommand.ProgramById;

    public override string ToString() => Name.Length > 0 ? Name : $"program {Id}";

    /// <summary>All programs that are loaded, by id.</summary>
    /// <exception cref="KernelException">EPERM: listing takes CAP_SYS_ADMIN.</exception>
    public static IEnumerable<BpfProgram> ReadAll() => ReadAll(BpfUses.Later(SystemPaths.Default));

    internal static IEnumerable<BpfProgram> ReadAll(Lazy<BpfUses> uses) => ReadAll(BpfCommand.ProgramNextId, "programs", id => Read(id, uses));

    /// <summary>A program by its id; null when it is not there.</summary>
    /// <exception cref="KernelException">EPERM.</exception>
    public static BpfProgram? Read(uint id) => Read(id, null);

    internal static BpfProgram? Read(uint id, Lazy<BpfUses>? uses) => Read(BpfCommand.ProgramById, id, descriptor => Read(descriptor, owned: null, uses));

    /// <summary>A program that this process loaded; the object owns the descriptor from now on.</summary>
    internal static BpfProgram FromDescriptor(FileDescriptor owned) => Read(owned, owned, null);

    /// <summary>The program behind a descriptor that stays the caller's.</summary>
    internal static BpfProgram Of(FileDescriptor descriptor) => Read(descriptor, owned: null, null);

    private static unsafe BpfProgram Read(FileDescriptor descriptor, FileDescriptor? owned, Lazy<BpfUses>? uses)
    {
        BpfProgramDetails counts = default;
        BpfCalls.GetInfo(descriptor, &counts, BpfProgramDetails.StructureSize, "program");
        uint[] maps = new uint[Math.Min(counts.Info.MapIdCount, MostMaps)];
        BpfProgramDetails details = default;
        fixed (uint* place = maps)
        {
            details.Info.MapIdCount = (uint)maps.Length;
            details.Info.MapIds = (ulong)place;
            BpfCalls.GetInfo(descriptor, &details, BpfProgramDetails.StructureSize, "program");
        }
        BpfProgramInfo info = details.Info;
        string name = BpfCalls.Text(new ReadOnlySpan<byte>(info.Name, BpfProgramInfo.NameSize));
        return new BpfProgram(owned, uses)
        {
            Id = info.Id,
            Name = name.Length == BpfProgramInfo.NameSize - 1 ? FullName(info.Id, info.BtfId) ?? name : name,
            Type = (BpfProgramType)info.Type,
            Tag = Convert.ToHexStringLower(new ReadOnlySpan<byte>(info.Tag, BpfProgramInfo.TagSize)),
            LoadedAt = DateTimeOffset.UnixEpoch.AddTicks(((long)info.LoadTime + KernelClock.WallClockOffset(KernelClock.BootTimeId)) / TimeSpan.NanosecondsPerTick).ToLocalTime(),
            UserId = info.CreatedBy,
            IsGplCompatible = (info.IsGplCompatible & 1) != 0,
            TranslatedBytes = (int)info.TranslatedLength,
            JitedBytes = (int)info.JitedLength,
            MemoryBytes = BpfDescriptorInfo.Read(descriptor)?.Number("memlock"),
            MapId = maps.AsSpan(0, (int)Math.Min(info.MapIdCount, maps.Length)).ToArray(),
            BtfId = info.BtfId,
            AttachBtfObjectId = details.AttachBtfObjectId,
            AttachBtfId = details.AttachBtfId,
            InterfaceIndex = info.InterfaceIndex,
            RunCount = (long)info.RunCount,
            RunNanoseconds = (long)info.RunTime,
            RecursionMisses = (long)details.RecursionMisses,
            VerifiedInstructions = (int)details.VerifiedInstructions,
        };
    }

    // The kernel cuts names after 15 bytes; the function of that name in the type information has the whole.
    private static unsafe string? FullName(uint id, uint btfId)
    {
        if (btfId == 0 || LoadedBpfProgram.Read(id) is not { Info.FunctionInfoCount: > 0 } program || BtfTypes.TryFromId(btfId) is not { } types)
            return null;
        uint type = BitConverter.ToUInt32(program.Data, (int)program.Info.FunctionInfo + sizeof(uint));
        return types.TryGet(type) is { Kind: BtfKind.Function } function ? function.Name : null;
    }
}
