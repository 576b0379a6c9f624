namespace PerfTrace.Profiles;

/// <summary>A frame of a flame graph.</summary>
/// <param name="Node">The node of the call tree.</param>
/// <param name="Depth">The row, from the root.</param>
/// <param name="Start">Where it begins, in the unit of the weights.</param>
/// <param name="Total">How wide it is.</param>
internal readonly record struct FlameBox(int Node, int Depth, long Start, long Total);
