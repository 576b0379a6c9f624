namespace PerfTrace.BpfTrace;

/// <summary>A value that the event which begins a latency keeps for the one that ends it.</summary>
/// <param name="Map">What holds it, by thread.</param>
/// <param name="Value">The value, in the tree of the first event.</param>
internal sealed record QueryKept(string Map, Func<QueryTree, Expression> Value);
