using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Makes the maps of a script in the kernel, as large as its programs turned out to need them, and owns them.</summary>
internal sealed class ScriptMaps : IDisposable
{
    // Stacks of which each is kept once; as many as bpftrace keeps.
    private const int StackCapacity = 128 << 10;

    private const int ManyRingPages = 4096;

    private readonly List<BpfMap> _owned = [];
    private readonly Dictionary<string, BpfMap> _byName = new(StringComparer.Ordinal);

    private ScriptMaps()
    {
    }

    /// <summary>The ring buffer; null where no program writes to it.</summary>
    public BpfMap? Events { get; private set; }

    /// <summary>The maps of stacks, by their depth and the size of a frame.</summary>
    public Dictionary<(int Depth, int FrameSize), BpfMap> Stacks { get; } = [];

    /// <summary>The events through which packets come; null where no program gives any.</summary>
    public BpfMap? Packets { get; private set; }

    public BpfMap? Counters { get; private set; }

    /// <summary>A map of the script.</summary>
    public BpfMap this[string name] => _byName[name];

    /// <summary>Makes them.</summary>
    /// <param name="memory">What they are for.</param>
    /// <param name="givesAtOnce">There are programs that give all that they give at once, as iterators do: the ring buffer is larger, unless the script says how large.</param>
    /// <exception cref="ScriptException">A map of the script is larger than the kernel makes one, or than there is memory for.</exception>
    /// <exception cref="KernelException">The kernel has no memory for the others, or this user may make none.</exception>
    public static ScriptMaps Create(ScriptMemory memory, bool givesAtOnce = false)
    {
        var maps = new ScriptMaps();
        try
        {
            foreach (ScriptMap plan in memory.Plan.Maps)
                maps._byName.Add(plan.Name, maps.Make(plan, memory));
            ScriptSettings settings = memory.Plan.Settings;
            if (memory.Events.IsUsed)
            {
                int pages = givesAtOnce && settings.RingPages == ScriptSettings.DefaultRingPages ? ManyRingPages : settings.RingPages;
                uint size = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(pages * Environment.SystemPageSize));
                maps.Events = maps.Make(memory.Events, new BpfMapRequest { Type = BpfMapType.RingBuffer, Name = "events", MaximumEntries = size });
            }
            foreach (((int depth, int frame), IrMap stacks) in memory.Stacks)
            {
                maps.Stacks.Add((depth, frame), maps.Make(stacks, new BpfMapRequest
                {
                    Type = BpfMapType.StackTrace, Name = stacks.Name, KeySize = 4, ValueSize = frame * depth, MaximumEntries = StackCapacity,
                    Flags = frame > sizeof(ulong) ? BpfMapFlags.StackBuildId : 0,
                }));
            }
            foreach (SystemCallDispatch dispatch in memory.Dispatches)
                Fill(maps.Make(dispatch.Table, new BpfMapRequest { Type = BpfMapType.Array, Name = dispatch.Table.Name, KeySize = 4, ValueSize = sizeof(int) * SystemCallDispatch.TableLength, MaximumEntries = 1 }), dispatch.Content());
            if (memory.Packets.IsUsed)
                maps.Packets = maps.Make(memory.Packets, new BpfMapRequest { Type = BpfMapType.PerfEventArray, Name = "packets", KeySize = 4, ValueSize = 4, MaximumEntries = (uint)BpfMapShape.PossibleCpus });
            if (memory.Counters.IsUsed)
                maps.Counters = maps.Make(memory.Counters, new BpfMapRequest { Type = BpfMapType.Array, Name = "counters", KeySize = 4, ValueSize = memory.CountersSize, MaximumEntries = 1 });
            if (memory.Scratch.IsUsed)
                maps.Make(memory.Scratch, new BpfMapRequest { Type = BpfMapType.PerCpuArray, Name = "scratch", KeySize = 4, ValueSize = memory.ScratchSize, MaximumEntries = (uint)memory.ScratchPrograms });
            return maps;
        }
        catch
        {
            maps.Dispose();
            throw;
        }
    }

    public void Dispose() => _owned.ForEach(static m => m.Dispose());

    private static BpfMapRequest RequestOf(ScriptMap plan, ScriptSettings settings) => new()
    {
        // A counter without a key is found quickest in an array; what is assigned must be seen to be there or not.
        Type = (plan.IsPerCpu, plan.Key is null && plan.BucketOffset is null, plan.ForgetsOldest) switch
        {
            (true, true, _) => BpfMapType.PerCpuArray,
            (true, false, false) => BpfMapType.PerCpuHash,
            (true, false, true) => BpfMapType.LruPerCpuHash,
            (false, _, true) => BpfMapType.LruHash,
            _ => BpfMapType.Hash,
        },
        Name = NameOf(plan.Name),
        KeySize = plan.TotalKeyBytes,
        ValueSize = ScriptType.AlignUp(Math.Max(plan.Value.Size, 1), 8),
        // Each bucket that is met is an entry.
        MaximumEntries = (uint)(plan.BucketOffset is not null ? Math.Max(plan.Capacity, settings.MaximumMapKeys) : plan.Key is null ? 1 : plan.Capacity),
    };

    // bpftrace's names for them are AT_x; a map's name has letters, digits and _.
    private static string NameOf(string name) => $"AT_{name[1..]}"[..Math.Min(15, name.Length + 2)];

    private static void Fill(BpfMap map, byte[] value)
    {
        using BpfMapAccess access = BpfMapAccess.Open(map);
        Errno errno = access.TryUpdate(new byte[sizeof(uint)], value);
        if (errno != Errno.None)
            throw BpfMapError.Update(errno, access, BpfUpdateCondition.Any);
    }

    private BpfMap Make(ScriptMap plan, ScriptMemory memory)
    {
        BpfMapRequest request = RequestOf(plan, memory.Plan.Settings);
        try
        {
            return Make(memory.Maps[plan.Name], request);
        }
        catch (KernelException e) when (e.Errno is Errno.E2BIG or Errno.ENOMEM or Errno.EINVAL)
        {
            long bytes = (long)request.MaximumEntries!.Value * (request.KeySize!.Value + request.ValueSize!.Value) * (plan.IsPerCpu ? BpfMapShape.PossibleCpus : 1);
            throw new ScriptException([new ScriptDiagnostic(ScriptSeverity.Error, plan.Span,
                string.Create(CultureInfo.InvariantCulture, $"the kernel does not make the map {plan.Name} of {request.MaximumEntries} entries: a key has {request.KeySize} bytes, a value {request.ValueSize}, {bytes >> 20} MiB in all"),
                $"let {plan.Name} = {(plan.IsPerCpu ? "percpuhash" : "hash")}(n) says how many entries it may have, config = {{ max_map_keys = n }} those of all maps; the kernel says: {e.Message.TrimEnd('.')}")], e);
        }
    }

    private BpfMap Make(IrMap place, BpfMapRequest request)
    {
        BpfMap map = BpfMapCreation.Create(request);
        _owned.Add(map);
        place.Descriptor = map.Descriptor!;
        return map;
    }
}
