namespace PerfTrace.BpfTrace;

/// <summary>Where values lie in an event: behind a head of 8 bytes, each at a multiple of its alignment.</summary>
internal sealed class EventLayout
{
    /// <summary>The action's number (4 bytes) and the probe's number in the plan's list (4 bytes).</summary>
    public const int HeadSize = 8;

    public EventLayout(params IReadOnlyList<ScriptType> types)
    {
        Types = types;
        int[] offsets = new int[types.Count];
        int at = HeadSize;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = at = ScriptType.AlignUp(at, types[i].Alignment);
            at += types[i].Size;
        }
        Offsets = offsets;
        Size = ScriptType.AlignUp(at, 8);
    }

    public IReadOnlyList<ScriptType> Types { get; }

    /// <summary>From the beginning of the event, the head included.</summary>
    public IReadOnlyList<int> Offsets { get; }

    /// <summary>The whole event, the head included.</summary>
    public int Size { get; }
}
