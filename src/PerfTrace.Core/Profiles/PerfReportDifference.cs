namespace PerfTrace.Profiles;

/// <summary>How the share of a function, or what else a report was grouped by, differs from that in another report.</summary>
public sealed class PerfReportDifference
{
    /// <summary>The event; null for folded stacks.</summary>
    public string? Event { get; init; }

    /// <summary>The program, library or kernel; null when the reports were not grouped by it.</summary>
    public string? Module { get; init; }

    /// <summary>The function; null when the reports were not grouped by it.</summary>
    public string? Symbol { get; init; }

    /// <summary>The values of all keys of the reports.</summary>
    public required string Name { get; init; }

    /// <summary>The share of the event before; null when it was not there.</summary>
    public double? BaselinePercent { get; init; }

    /// <summary>The share of the event now; null when it is not there any more.</summary>
    public double? Percent { get; init; }

    /// <summary>The change in percentage points.</summary>
    public double Delta { get; init; }

    /// <summary>How many times the occurrences of before there are now; null without any before.</summary>
    public double? Ratio { get; init; }

    /// <summary>Occurrences before.</summary>
    public long BaselineSelf { get; init; }

    /// <summary>Occurrences now.</summary>
    public long Self { get; init; }

    /// <summary>Occurrences now less those before, each multiplied by its weight.</summary>
    public long WeightedDifference { get; init; }

    public override string ToString() => FormattableString.Invariant($"{Delta:+0.00;-0.00;0.00} {Name}");
}
