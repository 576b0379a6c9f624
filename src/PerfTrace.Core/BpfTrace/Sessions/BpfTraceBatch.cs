namespace PerfTrace.BpfTrace;

/// <summary>What a script in the background has given since it was asked last.</summary>
/// <param name="Outputs">The oldest first.</param>
/// <param name="Lost">So many objects before them were dropped: there was no room for more.</param>
public sealed record BpfTraceBatch(IReadOnlyList<BpfTraceOutput> Outputs, long Lost);
