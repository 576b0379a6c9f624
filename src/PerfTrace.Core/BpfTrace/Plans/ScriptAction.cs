namespace PerfTrace.BpfTrace;

/// <summary>
/// What is done outside of the kernel when a program asks for it by an event: events come out of one ring buffer, so that actions are done in the order in which they were asked for.
/// </summary>
/// <param name="Kind">What.</param>
/// <param name="Layout">The values that its events carry.</param>
internal sealed record ScriptAction(ScriptActionKind Kind, EventLayout Layout)
{
    /// <summary>The format of printf, cat, system, errorf, time; the separator of join.</summary>
    public string Text { get; init; } = "";

    /// <summary>The map that is printed, cleared or zeroed.</summary>
    public ScriptMap? Map { get; init; }

    /// <summary>Of <c>print(@x, top, div)</c>: only so many of the largest entries; 0: all.</summary>
    public int Top { get; init; }

    /// <summary>Values are divided by this; 0: not.</summary>
    public long Divisor { get; init; }

    /// <summary>The call's place in the script, for messages.</summary>
    public SourceSpan Span { get; init; }
}
