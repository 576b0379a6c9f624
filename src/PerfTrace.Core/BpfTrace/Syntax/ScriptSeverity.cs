namespace PerfTrace.BpfTrace;

/// <summary>Whether a script runs in spite of what is said of it.</summary>
public enum ScriptSeverity
{
    Warning,
    Error,
}
