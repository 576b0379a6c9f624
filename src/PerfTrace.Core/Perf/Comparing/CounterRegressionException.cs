using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>An event was counted more often than the baseline and the threshold allow.</summary>
public sealed class CounterRegressionException : Exception
{
    internal CounterRegressionException(PerfCounterDifference difference)
        : base(Describe(difference)) => Difference = difference;

    /// <summary>The event and its figures.</summary>
    public PerfCounterDifference Difference { get; }

    private static string Describe(PerfCounterDifference d)
    {
        var culture = CultureInfo.CurrentCulture;
        string subject = d.Target is null ? d.Event : $"{d.Event} ({d.Target})";
        string growth = d.Change is { } change && double.IsFinite(change) ? string.Create(culture, $" by {100 * change:0.##} %") : "";
        string unit = d.Unit is null ? "" : $" {d.Unit}";
        string doubt = d.Uncertainty is { } uncertainty ? string.Create(culture, $" The standard error of the change is {100 * uncertainty:0.##} %.") : "";
        return string.Create(culture, $"{subject} grew{growth}, from {d.Baseline:#,0.##} to {d.Value:#,0.##}{unit}; {100 * d.Threshold:0.##} % is allowed.{doubt}");
    }
}
