namespace PerfTrace.BpfTrace;

/// <summary>What a measurement has lost.</summary>
/// <param name="Groups">Events of groups that found no room.</param>
/// <param name="Starts">Of latencies: beginnings that found no room; their ends are not counted.</param>
/// <param name="Buckets">Events whose bucket of a histogram found no room.</param>
/// <param name="Stacks">Call stacks that found no room.</param>
public sealed record KernelEventLosses(long Groups, long Starts, long Buckets, long Stacks);
