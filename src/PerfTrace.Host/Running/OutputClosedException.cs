namespace PerfTrace.Host.Running;

/// <summary>The reader of our output has gone away, as <c>head</c> does when it has enough.</summary>
internal sealed class OutputClosedException(string message) : IOException(message);
