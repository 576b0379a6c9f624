namespace PerfTrace.Perf;

/// <summary>A group whose events this machine can count one by one but not at the same time.</summary>
public sealed class EventGroupException(string message) : Exception(message);
