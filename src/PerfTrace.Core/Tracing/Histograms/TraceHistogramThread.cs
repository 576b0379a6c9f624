namespace PerfTrace.Tracing;

/// <summary>A thread, as the key <c>common_pid.execname</c>.</summary>
/// <param name="ThreadId">Its number.</param>
/// <param name="CommandName">Its name when the bucket was made.</param>
public sealed record TraceHistogramThread(int ThreadId, string CommandName)
{
    public override string ToString() => $"{CommandName} ({ThreadId})";
}
