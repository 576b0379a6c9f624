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

    // One number of 8 bytes for each of the script's maps: updates that found it full.
    private const int MapsLost = 24;

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

    /// <summary>Stacks of the kernel and of processes.</summary>
    public IrMap Stacks { get; } = new("stacks");

    /// <summary>An array of one element: counters of what was lost, and the time of the begin.</summary>
    public IrMap Counters { get; } = new("counters");

    /// <summary>What does not fit the stack: for each CPU, an element for each program, as one may interrupt another.</summary>
    public IrMap Scratch { get; } = new("scratch");

    /// <summary>The bytes of an element of <see cref="Scratch"/>.</summary>
    public int ScratchSize { get; private set; }

    /// <summary>How many programs have an element.</summary>
    public int ScratchPrograms { get; private set; }

    public int CountersSize => MapsLost + (8 * Plan.Maps.Count);

    public static int MapLost(int map) => MapsLost + (8 * map);

    /// <summary>A program needs so much scratch memory.</summary>
    /// <returns>The number of its element.</returns>
    public int AddScratch(int size)
    {
        ScratchSize = Math.Max(ScratchSize, ScriptType.AlignUp(size, 8));
        return ScratchPrograms++;
    }
}
