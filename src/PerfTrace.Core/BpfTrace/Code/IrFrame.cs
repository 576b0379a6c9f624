namespace PerfTrace.BpfTrace;

/// <summary>
/// The stack of a function, 512 bytes below the frame pointer (MAX_BPF_STACK of include/linux/filter.h), given out from the top and taken back in the opposite order, so that what is
/// not alive at the same time shares it.
/// </summary>
internal sealed class IrFrame
{
    public const int Limit = 512;

    private const int Alignment = 8;

    /// <summary>How much is in use; give it to <see cref="Release"/> to take back what was given out since.</summary>
    public int Depth { get; private set; }

    /// <summary>The most that was in use at a time.</summary>
    public int LargestDepth { get; private set; }

    /// <summary>Room for so many bytes, at a multiple of 8.</summary>
    public IrPlace Allocate(int size)
    {
        Depth += (size + Alignment - 1) & ~(Alignment - 1);
        LargestDepth = Math.Max(LargestDepth, Depth);
        return new IrPlace(null, -Depth);
    }

    public void Release(int depth) => Depth = depth;
}
