namespace PerfTrace.BpfTrace;

/// <summary>How far a script in the background is.</summary>
public enum BpfTraceRunState
{
    Running,
    Completed,
    /// <summary>Something went wrong, and <see cref="BpfTraceRun.Error"/> says what.</summary>
    Failed,
}
