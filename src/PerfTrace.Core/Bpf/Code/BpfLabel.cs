namespace PerfTrace.Bpf;

/// <summary>A place in a program that jumps and calls go to, from <see cref="BpfAssembler.DefineLabel"/>.</summary>
/// <param name="Number">In the order in which they were made.</param>
internal readonly record struct BpfLabel(int Number);
