using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The maps that the programs of a script share: the script's own and those behind its functions. Which are needed, and how large, is known when all programs are generated.</summary>
internal sealed class ScriptMemory
{
    /// <summary>Where in the value of <see cref="Counters"/>: events that found no room in the ring buffer.</summary>
    public const int EventsLost = 0;

    /// <summary>Stacks that found no room in the map of stacks, or were in the place of another.</summary>
    public const int StacksLost = 8;

    /// <summary>Nanoseconds of the boot clock when the script began: for <c>elapsed</c>.</summary>
    public const int StartTime = 16;

    /// <summary>Nanoseconds from 1970 to the start of the boot clock: for <c>tseries</c>, whose intervals are those of the time of day.</summary>
    public const int Epoch = 24;

    private static readonly Lazy<bool> Loop = new(static () => BpfProgramProbe.Has(BpfProgramType.KProbe, BpfHelper.Loop));

    private readonly Dictionary<(int Depth, int FrameSize), IrMap> _stacks = [];
    private readonly List<SystemCallDispatch> _dispatches = [];
    private readonly SortedSet<int> _packetFiles = [];
    private readonly Dictionary<SourceSpan, int> _readWarnings = [];
    private int _places;

    /// <summary>Loops over more numbers than the kernel goes through, which ended there.</summary>
    public const int LoopsCut = 32;

    /// <summary>Not 0: exit() was called, and there may have been no room in the ring buffer to tell so. Its argument is behind it.</summary>
    public const int ExitAsked = 40;

    public const int ExitStatus = 48;

    // One number of 8 bytes for each of the script's maps: updates that found it full.
    private const int MapsLost = 56;

    public ScriptMemory(ScriptPlan plan)
    {
        Plan = plan;
        Maps = plan.Maps.ToDictionary(static m => m.Name, static m => new IrMap(m.Name), StringComparer.Ordinal);
    }

    public ScriptPlan Plan { get; }

    /// <summary>By their names with the sign.</summary>
    public IReadOnlyDictionary<string, IrMap> Maps { get; }

    /// <summary>The ring buffer that events go through.</summary>
    public IrMap Events { get; } = new("events");

    /// <summary>Maps of stacks by their depth and the size of a frame: the kernel keeps as many frames as the map's value has room for, and stacks that are the same so far are one.</summary>
    public IReadOnlyDictionary<(int Depth, int FrameSize), IrMap> Stacks => _stacks;

    /// <summary>An array of one element: counters of what was lost, and the time of the begin.</summary>
    public IrMap Counters { get; } = new("counters");

    /// <summary>What does not fit the stack: for each CPU, an element for each program, as one may interrupt another.</summary>
    public IrMap Scratch { get; } = new("scratch");

    /// <summary>An event for each CPU, through which packets come.</summary>
    public IrMap Packets { get; } = new("packets");

    /// <summary>The files that packets go to: numbers of the plan's texts.</summary>
    public IReadOnlyCollection<int> PacketFiles => _packetFiles;

    /// <summary>A program gives packets to this file.</summary>
    public void AddPacketFile(int text) => _packetFiles.Add(text);

    /// <summary>The bytes of an element of <see cref="Scratch"/>.</summary>
    public int ScratchSize { get; private set; }

    /// <summary>How many programs have an element.</summary>
    public int ScratchPrograms { get; private set; }

    /// <summary>For addresses of the kernel by name, read when the first is asked for.</summary>
    public Lazy<KernelSymbolTable> KernelSymbols { get; } = new(static () => KernelSymbolTable.Read(SystemPaths.Default));

    /// <summary>The kernel calls a function so many times for a program (bpf_loop, Linux 5.17).</summary>
    public bool HasLoop => Loop.Value;

    /// <summary>Every map that a program may name.</summary>
    public IEnumerable<IrMap> All => [.. Maps.Values, .. Stacks.Values, .. _dispatches.Select(static d => d.Table), Events, Counters, Scratch, Packets];

    /// <summary>The tables of programs that tell system calls apart.</summary>
    public IReadOnlyList<SystemCallDispatch> Dispatches => _dispatches;

    /// <summary>A program tells them apart by this table; its functions may do so again.</summary>
    public void AddDispatch(SystemCallDispatch dispatch)
    {
        if (!_dispatches.Contains(dispatch))
            _dispatches.Add(dispatch);
    }

    public int CountersSize => MapsLost + (8 * (Plan.Maps.Count + _places));

    /// <summary>Room for a counter of a place in the script.</summary>
    /// <returns>Where it is in the value of <see cref="Counters"/>.</returns>
    public int AddPlace() => MapsLost + (8 * (Plan.Maps.Count + _places++));

    /// <summary>The action that tells of a read that failed.</summary>
    /// <param name="span">What is read, in the script.</param>
    /// <returns>Its number.</returns>
    public int ReadWarning(SourceSpan span)
    {
        if (!_readWarnings.TryGetValue(span, out int number))
        {
            _readWarnings.Add(span, number = Plan.Actions.Count);
            Plan.Actions.Add(new ScriptAction(ScriptActionKind.HelperError, new EventLayout(IntegerType.Int32, IntegerType.Int32)) { Span = span });
        }
        return number;
    }

    /// <summary>The map of stacks of a type.</summary>
    public IrMap StacksOf(StackType type)
    {
        if (!_stacks.TryGetValue((type.Depth, type.FrameSize), out IrMap? map))
            _stacks.Add((type.Depth, type.FrameSize), map = new IrMap(type.Mode == StackMode.BuildId ? $"build_ids_{type.Depth}" : $"stacks_{type.Depth}"));
        return map;
    }

    public static int MapLost(int map) => MapsLost + (8 * map);

    /// <summary>A program needs so much scratch memory.</summary>
    /// <returns>The number of its element.</returns>
    public int AddScratch(int size)
    {
        ScratchSize = Math.Max(ScratchSize, ScriptType.AlignUp(size, 8));
        return ScratchPrograms++;
    }
}
