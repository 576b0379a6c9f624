using PerfTrace.Events;

namespace PerfTrace.Perf;

/// <summary>What came of watching events.</summary>
/// <param name="Events">Events that were delivered.</param>
/// <param name="Lost">Events that found no room in a ring buffer.</param>
/// <param name="LostPerCpu">The same by CPU; only CPUs that lost any.</param>
/// <param name="OutOfOrder">Events that were delivered after one of a later time.</param>
/// <param name="Undecodable">Records that were not in the form that the kernel promised.</param>
/// <param name="Elapsed">From start to end.</param>
/// <param name="BufferSize">Bytes of each CPU's ring buffer.</param>
public sealed record TracepointStreamSummary(
    long Events, long Lost, IReadOnlyList<CpuLoss> LostPerCpu, long OutOfOrder, long Undecodable, TimeSpan Elapsed, int BufferSize)
{
    public override string ToString() => $"{Events} events, {Lost} lost";
}
