namespace PerfTrace.Symbols;

/// <summary>A place in source code.</summary>
/// <param name="Function">The function, which may be one that was inlined; null when not known.</param>
/// <param name="File">The source file; null when not known.</param>
/// <param name="Line">The line, from 1; null when not known.</param>
public sealed record CodeLocation(string? Function, string? File, int? Line);
