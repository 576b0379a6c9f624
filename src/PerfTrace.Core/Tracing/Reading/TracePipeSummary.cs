using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>What came of reading trace_pipe.</summary>
/// <param name="Instance">The instance; null for the top level.</param>
/// <param name="Records">Records taken out of the buffer and decoded, with those that no object was wanted of.</param>
/// <param name="Objects">Objects given out.</param>
/// <param name="Lost">Records that were overwritten or dropped before they could be taken.</param>
/// <param name="LostPerCpu">The same by CPU; those alone that lost some.</param>
/// <param name="HasUncountedLoss">More was lost than the kernel counted.</param>
/// <param name="Discarded">Records that were taken out of the buffer and not given out, because the reading ended.</param>
/// <param name="OutOfOrder">Objects that came after later ones.</param>
/// <param name="Undecodable">Records without a format, and pages that were not what they should be.</param>
/// <param name="Elapsed">How long.</param>
public sealed record TracePipeSummary(
    string? Instance, long Records, long Objects, long Lost, IReadOnlyList<CpuLoss> LostPerCpu, bool HasUncountedLoss, long Discarded, long OutOfOrder,
    long Undecodable, TimeSpan Elapsed);
