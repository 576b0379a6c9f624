namespace PerfTrace.Profiles;

/// <summary>What a report groups samples by.</summary>
public enum ReportKeyKind
{
    /// <summary>The thread's name.</summary>
    Command,

    /// <summary>The process id.</summary>
    Process,

    /// <summary>The thread id.</summary>
    Thread,

    /// <summary>The program, library or kernel.</summary>
    Module,

    /// <summary>The function.</summary>
    Symbol,

    /// <summary>The source file and line.</summary>
    SourceLine,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>The event.</summary>
    Event,

    /// <summary>A field of the tracepoint, or what a function says.</summary>
    Value,
}
