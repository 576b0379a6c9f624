namespace PerfTrace.BpfTrace;

/// <summary>
/// The memory that a program has in a map beside its stack, given out from its begin and taken back in the opposite order. The functions of its loops share it: they run while
/// what was given out before them is in use.
/// </summary>
internal sealed class ScratchArea
{
    private const int Alignment = 8;

    /// <summary>How much is in use.</summary>
    public int Depth { get; private set; }

    /// <summary>The most that was in use at a time.</summary>
    public int Largest { get; private set; }

    /// <summary>Room for so many bytes.</summary>
    /// <returns>Where, from the begin.</returns>
    public int Allocate(int size)
    {
        int at = Depth;
        Depth += ScriptType.AlignUp(size, Alignment);
        Largest = Math.Max(Largest, Depth);
        return at;
    }

    /// <summary>Room that is never taken back, apart from all that was given out before.</summary>
    public int AllocateApart(int size)
    {
        int at = Largest;
        Largest += ScriptType.AlignUp(size, Alignment);
        return at;
    }

    public void Release(int depth) => Depth = depth;
}
