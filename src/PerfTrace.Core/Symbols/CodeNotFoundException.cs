namespace PerfTrace.Symbols;

/// <summary>The bytes of a function's code can not be had. The message says which file would have given them.</summary>
public sealed class CodeNotFoundException(string message) : Exception(message);
