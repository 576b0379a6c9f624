namespace PerfTrace.Profiles;

/// <summary>A row of a report: what the samples of one command, module and function (or what else is grouped by) come to.</summary>
public record PerfReportEntry
{
    /// <summary>What it is a row of: the values of the keys, in their order.</summary>
    public required string Name { get; init; }

    /// <summary>The event; percentages are of this event's samples. Null for folded stacks, which do not tell it.</summary>
    public string? Event { get; init; }

    /// <summary>The name of the thread; null when not grouped by it.</summary>
    public string? Command { get; init; }

    /// <summary>The process; null when not grouped by it.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The thread; null when not grouped by it.</summary>
    public int? ThreadId { get; init; }

    /// <summary>The CPU; null when not grouped by it.</summary>
    public int? Cpu { get; init; }

    /// <summary>The program, library or kernel; null when grouped neither by it nor by the symbol.</summary>
    public string? Module { get; init; }

    /// <summary>The function, or the address where there is none; null when not grouped by it.</summary>
    public string? Symbol { get; init; }

    /// <summary>The source file and line, or the function where they are not known; null when not grouped by it.</summary>
    public string? SourceLine { get; init; }

    /// <summary>Whose function it is; null when not grouped by frames.</summary>
    public FrameKind? Kind { get; init; }

    /// <summary>The values of other things that are grouped by, by their names; null when there are none.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Samples that were taken in it.</summary>
    public long Samples { get; init; }

    /// <summary>Occurrences of the event in it: the sum of the samples' periods.</summary>
    public long Self { get; init; }

    /// <summary>The share of <see cref="Self"/> in all of the event.</summary>
    public double SelfPercent { get; init; }

    /// <summary>Samples that were taken in it or in what it called.</summary>
    public long ChildrenSamples { get; init; }

    /// <summary>Occurrences of the event in it and in what it called.</summary>
    public long Children { get; init; }

    /// <summary>The share of <see cref="Children"/> in all of the event.</summary>
    public double ChildrenPercent { get; init; }

    public sealed override string ToString() => FormattableString.Invariant($"{ChildrenPercent:0.00} % {SelfPercent:0.00} % {Command} {Module} {Symbol ?? SourceLine}");
}
