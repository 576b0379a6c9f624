namespace PerfTrace.Perf;

/// <summary>A term between a PMU's slashes: <c>event=0x3c</c>, <c>edge</c>.</summary>
internal sealed record TermSyntax(string Name, string? Value, int Position);

/// <summary>The parts of <c>mem:ADDRESS[/LENGTH][:ACCESS]</c>.</summary>
internal sealed record BreakpointSyntax(ulong Address, ulong? Length, string? Access);

/// <summary>One event as it was written, not yet looked up.</summary>
/// <param name="Text">The whole text, modifiers included.</param>
/// <param name="Position">Where it stands in the string that was parsed.</param>
/// <param name="Parts">The words that colons separate before any terms: <c>["sched", "sched_switch", "u"]</c>.</param>
/// <param name="Terms">What stands between slashes; null when there are no slashes.</param>
/// <param name="Suffix">Modifiers after the closing slash or the breakpoint.</param>
/// <param name="Breakpoint">Set for <c>mem:</c>.</param>
internal sealed record EventSyntax(
    string Text, int Position, IReadOnlyList<string> Parts, IReadOnlyList<TermSyntax>? Terms, string Suffix, BreakpointSyntax? Breakpoint);

/// <summary>One event, or the events between braces.</summary>
/// <param name="Name">The name before the brace: <c>name{a,b}</c>.</param>
/// <param name="Events">Its events.</param>
/// <param name="Modifiers">What follows the closing brace.</param>
/// <param name="IsBraced">It was written with braces: its events are scheduled together.</param>
internal sealed record GroupSyntax(string? Name, IReadOnlyList<EventSyntax> Events, string Modifiers, bool IsBraced);
