namespace PerfTrace.Symbols;

/// <summary>A function of a module. There is one object for each: two frames are in the same function when it is the same object.</summary>
/// <param name="Name">As people write it: demangled.</param>
/// <param name="Start">Where it begins, counted as the module counts (<see cref="CodeSymbols"/>).</param>
/// <param name="Size">Its bytes.</param>
internal sealed record CodeSymbol(string Name, ulong Start, ulong Size);
