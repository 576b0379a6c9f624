namespace PerfTrace.Kernel;

/// <summary>There is no such type, or no such type information.</summary>
public sealed class BtfNotFoundException(string message) : Exception(message);
