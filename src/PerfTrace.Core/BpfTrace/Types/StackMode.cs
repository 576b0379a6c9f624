namespace PerfTrace.BpfTrace;

/// <summary>How a call stack is written.</summary>
internal enum StackMode
{
    /// <summary>A name and an offset a line.</summary>
    BpfTrace,
    /// <summary>With addresses, as <c>perf script</c> has it.</summary>
    Perf,
    /// <summary>Addresses alone.</summary>
    Raw,
    /// <summary>Build ids and offsets.</summary>
    BuildId,
}
