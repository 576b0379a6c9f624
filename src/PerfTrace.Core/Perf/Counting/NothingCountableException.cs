namespace PerfTrace.Perf;

/// <summary>None of the events can be counted for this target; nothing was started.</summary>
public sealed class NothingCountableException(string message) : Exception(message);
