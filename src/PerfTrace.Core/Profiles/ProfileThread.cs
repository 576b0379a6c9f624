namespace PerfTrace.Profiles;

/// <summary>The samples of one event in one thread.</summary>
internal sealed class ProfileThread(CallTree tree, int processId, int threadId)
{
    /// <summary>The tree that the samples' nodes are of.</summary>
    public CallTree Tree => tree;

    public int ProcessId => processId;

    public int ThreadId => threadId;

    public string Name { get; set; } = "[unknown]";

    public List<Sample> Samples { get; } = [];

    /// <param name="Time">Nanoseconds of the recording's clock.</param>
    /// <param name="Node">The stack: a node of the tree.</param>
    /// <param name="Weight">The period.</param>
    /// <param name="Cpu">The CPU.</param>
    internal readonly record struct Sample(ulong Time, int Node, long Weight, int Cpu);
}
