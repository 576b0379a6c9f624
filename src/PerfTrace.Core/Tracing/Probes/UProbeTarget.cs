namespace PerfTrace.Tracing;

/// <summary>Where in a file a uprobe goes.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Symbol">The function that it is in; null when the file does not tell.</param>
/// <param name="SymbolOffset">Bytes from the function's beginning.</param>
/// <param name="IsIndirect">The symbol is code that the loader runs once, to choose the function (STT_GNU_IFUNC).</param>
public sealed record UProbeTarget(string Path, ulong Offset, string? Symbol, ulong SymbolOffset, bool IsIndirect);
