namespace PerfTrace.BpfTrace;

/// <summary>A place in a function that jumps go to.</summary>
internal readonly record struct IrLabel(int Number);
