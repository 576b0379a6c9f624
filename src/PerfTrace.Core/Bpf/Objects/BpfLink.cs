using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What holds a BPF program to its hook, as BPF_OBJ_GET_INFO_BY_FD tells of it. Disposing of one that this process made takes the program off.</summary>
public sealed class BpfLink : BpfKernelObject
{
    private const int MostName = 4096; // PATH_MAX

    // Functions of one link; all that can be traced are some 50,000.
    private const int MostPlaces = 1 << 20;

    private BpfLink(FileDescriptor? owned, Lazy<BpfUses>? uses)
        : base(owned, uses)
    {
    }

    /// <summary>What kind of link it is.</summary>
    public BpfLinkType Type { get; private init; }

    /// <summary>The program; 0 for struct_ops.</summary>
    public uint ProgramId { get; private init; }

    /// <summary>Where in its hook the program runs; null where the type has no such thing.</summary>
    public BpfAttachType? AttachType { get; private init; }

    /// <summary>What kind of perf event it is (Linux 6.6); null for other links.</summary>
    public BpfPerfEventKind? PerfEvent { get; private init; }

    /// <summary>The kind of perf event, else where in its hook the program runs, in the kernel's words; empty where the type says it all.</summary>
    public string PlaceKind => PerfEvent is { } kind ? kind.ToString().ToLowerInvariant() : AttachType is { } attach ? BpfNames.Of(attach) : "";

    /// <summary>The tracepoint, function, program file, interface, control group or map, in words.</summary>
    public string Target { get; private init; } = "";

    /// <summary>Bytes into the function or file; null where there is no such thing.</summary>
    public ulong? Offset { get; private init; }

    /// <summary>What the program gets from bpf_get_attach_cookie; null where the kernel does not tell.</summary>
    public ulong? Cookie { get; private init; }

    /// <summary>How often the program was not run since another probe ran on the CPU; null where the kernel does not count.</summary>
    public long? Missed { get; private init; }

    /// <summary>The functions or offsets of a link that has many.</summary>
    public IReadOnlyList<BpfLinkPlace> Place { get; private init; } = [];

    /// <summary>The control group; 0: none.</summary>
    public ulong CGroupId { get; private init; }

    /// <summary>The network interface; 0: none.</summary>
    public uint InterfaceIndex { get; private init; }

    /// <summary>The map of struct_ops, of an iterator over a map or of a sockmap; 0: none.</summary>
    public uint MapId { get; private init; }

    /// <summary>The type information, or for an extension the program, that <see cref="TargetBtfId"/> is in; 0: none.</summary>
    public uint TargetObjectId { get; private init; }

    /// <summary>The function that a tracing program is attached to, in that type information; 0: none.</summary>
    public uint TargetBtfId { get; private init; }

    /// <summary>The process that a uprobe is limited to; 0: all.</summary>
    public int ProcessId { get; private init; }

    internal override BpfObjectKind Kind => BpfObjectKind.Link;

    private protected override BpfCommand OpenCommand => BpfCommand.LinkById;

    public override string ToString() => Target.Length > 0 ? $"link {Id} ({Target})" : $"link {Id}";

    /// <summary>All links, by id (Linux 5.8).</summary>
    /// <exception cref="KernelException">EPERM: listing takes CAP_SYS_ADMIN.</exception>
    public static IEnumerable<BpfLink> ReadAll() => ReadAll(BpfUses.Later(SystemPaths.Default));

    internal static IEnumerable<BpfLink> ReadAll(Lazy<BpfUses> uses) => ReadAll(BpfCommand.LinkNextId, "links", id => Read(id, uses));

    /// <summary>A link by its id; null when it is not there.</summary>
    /// <exception cref="KernelException">EPERM.</exception>
    public static BpfLink? Read(uint id) => Read(id, null);

    internal static BpfLink? Read(uint id, Lazy<BpfUses>? uses) => Read(BpfCommand.LinkById, id, descriptor => Read(descriptor, owned: null, uses));

    /// <summary>A link that this process made; the object owns the descriptor from now on.</summary>
    /// <param name="owned">The link.</param>
    /// <param name="attachment">What has to stay as long as the link does (a perf event's descriptor), released after it.</param>
    internal static BpfLink FromDescriptor(FileDescriptor owned, IDisposable? attachment = null)
    {
        BpfLink link = Read(owned, owned, null);
        if (attachment is not null)
            link.DisposeWith(attachment);
        return link;
    }

    /// <summary>The programs of all links; a link that ends meanwhile is passed over.</summary>
    internal static unsafe IEnumerable<(uint LinkId, uint ProgramId)> ReadProgramIds()
    {
        var found = new List<(uint, uint)>();
        foreach (uint id in BpfCalls.Ids(BpfCommand.LinkNextId, "links"))
        {
            using FileDescriptor? descriptor = BpfCalls.TryOpen(BpfCommand.LinkById, id);
            BpfLinkInfo info = default;
            if (descriptor is not null && BpfCalls.TryGetInfo(descriptor, &info, BpfLinkInfo.StructureSize) == Errno.None)
                found.Add((id, info.ProgramId));
        }
        return found;
    }

    /// <summary>The link behind a descriptor that stays the caller's.</summary>
    internal static BpfLink Of(FileDescriptor descriptor) => Read(descriptor, owned: null, null);

    private static unsafe BpfLink Read(FileDescriptor descriptor, FileDescriptor? owned, Lazy<BpfUses>? uses)
    {
        BpfLinkInfo info = default;
        BpfCalls.GetInfo(descriptor, &info, BpfLinkInfo.StructureSize, "link");
        byte[] name = new byte[MostName];
        ulong[] addresses = [], cookies = [];
        if (info.Type == (uint)BpfLinkType.KProbeMulti)
            (addresses, cookies) = Places(info.KProbeCount);
        else if (info.Type == (uint)BpfLinkType.UProbeMulti)
            (addresses, cookies) = Places(info.UProbeCount);
        fixed (byte* namePlace = name)
        fixed (ulong* addressPlace = addresses, cookiePlace = cookies)
        {
            BpfLinkInfo asked = default;
            switch ((BpfLinkType)info.Type)
            {
                case BpfLinkType.RawTracepoint or BpfLinkType.Iterator:
                    (asked.RawTracepointName, asked.RawTracepointNameLength) = ((ulong)namePlace, MostName);
                    break;
                case BpfLinkType.PerfEvent when (BpfPerfEventKind)info.PerfEventType is not (BpfPerfEventKind.Unspecified or BpfPerfEventKind.Event):
                    (asked.PerfEventType, asked.PerfEventName, asked.PerfEventNameLength) = (info.PerfEventType, (ulong)namePlace, MostName);
                    break;
                case BpfLinkType.KProbeMulti when addresses.Length > 0:
                    (asked.KProbeAddresses, asked.KProbeCookies, asked.KProbeCount) = ((ulong)addressPlace, (ulong)cookiePlace, (uint)addresses.Length);
                    break;
                case BpfLinkType.UProbeMulti:
                    (asked.UProbePath, asked.UProbePathLength) = ((ulong)namePlace, MostName);
                    (asked.UProbeOffsets, asked.UProbeCookies, asked.UProbeCount) = ((ulong)addressPlace, (ulong)cookiePlace, (uint)addresses.Length);
                    break;
            }
            // What goes wrong only here (a name that is longer, a file that has gone) leaves what is known without it.
            if (BpfCalls.TryGetInfo(descriptor, &asked, BpfLinkInfo.StructureSize) == Errno.None)
                info = asked;
        }
        return new BpfLinkReader(info, BpfCalls.Text(name), addresses, cookies).Create(owned, uses);
    }

    private static (ulong[] Addresses, ulong[] Cookies) Places(uint count) => (new ulong[Math.Min(count, MostPlaces)], new ulong[Math.Min(count, MostPlaces)]);

    // Turns the kernel's structure, with the texts and arrays that it points to, into the object.
    private readonly struct BpfLinkReader(BpfLinkInfo info, string name, ulong[] addresses, ulong[] cookies)
    {
        public BpfLink Create(FileDescriptor? owned, Lazy<BpfUses>? uses)
        {
            var type = (BpfLinkType)info.Type;
            var perfEvent = (BpfPerfEventKind)info.PerfEventType;
            bool isPerfEvent = type == BpfLinkType.PerfEvent, isKProbe = isPerfEvent && perfEvent is BpfPerfEventKind.KProbe or BpfPerfEventKind.KRetProbe;
            bool isUProbe = isPerfEvent && perfEvent is BpfPerfEventKind.UProbe or BpfPerfEventKind.URetProbe;
            return new BpfLink(owned, uses)
            {
                Id = info.Id,
                Type = type,
                ProgramId = info.ProgramId,
                AttachType = ReadAttachType(type),
                PerfEvent = isPerfEvent && perfEvent != BpfPerfEventKind.Unspecified ? perfEvent : null,
                Target = ReadTarget(type, perfEvent),
                Offset = isKProbe || isUProbe ? info.PerfEventOffset : null,
                Cookie = type switch
                {
                    BpfLinkType.RawTracepoint => info.RawTracepointCookie,
                    BpfLinkType.Tracing => info.TracingCookie,
                    BpfLinkType.PerfEvent => isKProbe ? info.PerfEventKProbeCookie : info.PerfEventCookie,
                    _ => null,
                },
                Missed = type == BpfLinkType.KProbeMulti ? (long)info.KProbeMissed : isKProbe ? (long)info.PerfEventKProbeMissed : null,
                Place = ReadPlaces(type),
                CGroupId = type == BpfLinkType.CGroup ? info.CGroupId : 0,
                InterfaceIndex = type is BpfLinkType.Xdp or BpfLinkType.Tcx or BpfLinkType.NetKit ? info.InterfaceIndex : 0,
                MapId = type is BpfLinkType.StructOps or BpfLinkType.SockMap ? info.MapId : type == BpfLinkType.Iterator ? info.IteratorMapId : 0,
                TargetObjectId = type == BpfLinkType.Tracing ? info.TracingTargetObjectId : 0,
                TargetBtfId = type == BpfLinkType.Tracing ? info.TracingTargetBtfId : 0,
                ProcessId = type == BpfLinkType.UProbeMulti ? (int)info.UProbeProcessId : 0,
            };
        }

        private BpfAttachType? ReadAttachType(BpfLinkType type) => type switch
        {
            BpfLinkType.Tracing => (BpfAttachType)info.TracingAttachType,
            BpfLinkType.CGroup => (BpfAttachType)info.CGroupAttachType,
            BpfLinkType.NetNamespace => (BpfAttachType)info.NetNamespaceAttachType,
            BpfLinkType.Tcx or BpfLinkType.NetKit => (BpfAttachType)info.InterfaceAttachType,
            BpfLinkType.SockMap => (BpfAttachType)info.MapAttachType,
            _ => null,
        };

        private string ReadTarget(BpfLinkType type, BpfPerfEventKind perfEvent) => type switch
        {
            BpfLinkType.RawTracepoint or BpfLinkType.Iterator or BpfLinkType.UProbeMulti => name,
            BpfLinkType.PerfEvent when perfEvent == BpfPerfEventKind.Event => $"type {info.PerfEventEventType} config 0x{info.PerfEventConfiguration:x}",
            BpfLinkType.PerfEvent => name,
            BpfLinkType.Tracing => BpfTargets.Function(info.TracingTargetObjectId, info.TracingTargetBtfId),
            BpfLinkType.CGroup => BpfTargets.CGroup(info.CGroupId),
            BpfLinkType.NetNamespace => $"net:[{info.NetNamespaceInode}]",
            BpfLinkType.Xdp or BpfLinkType.Tcx or BpfLinkType.NetKit => BpfTargets.Interface(info.InterfaceIndex),
            BpfLinkType.StructOps or BpfLinkType.SockMap => $"map {info.MapId}",
            BpfLinkType.NetFilter => $"family {info.NetFilterFamily} hook {info.NetFilterHook} priority {info.NetFilterPriority}",
            BpfLinkType.KProbeMulti => addresses.Length == 1 ? "1 function" : $"{addresses.Length} functions",
            _ => "",
        };

        private BpfLinkPlace[] ReadPlaces(BpfLinkType type)
        {
            if (type is not (BpfLinkType.KProbeMulti or BpfLinkType.UProbeMulti))
                return [];
            KernelSymbolTable? symbols = type == BpfLinkType.KProbeMulti ? KernelSymbolTable.Read(SystemPaths.Default) : null;
            var places = new BpfLinkPlace[addresses.Length];
            for (int i = 0; i < places.Length; i++)
                places[i] = new BpfLinkPlace(symbols is not null && symbols.TryFind(addresses[i], out string? function, out _, out _, out _) ? function : null, addresses[i], cookies[i]);
            return places;
        }
    }
}
