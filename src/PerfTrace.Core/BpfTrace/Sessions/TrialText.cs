using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Tests and benchmarks as bpftrace prints them: tests as googletest does, with its colours; benchmarks as a table.</summary>
internal static class TrialText
{
    private const int NameWidth = 41, TimeWidth = 15;

    /// <summary>The lines that the last of the tests adds.</summary>
    /// <param name="results">Those that have run.</param>
    /// <param name="count">How many there are in all.</param>
    public static string Of(IReadOnlyList<BpfTraceTestResult> results, int count)
    {
        var text = new StringBuilder();
        BpfTraceTestResult last = results[^1];
        if (results.Count == 1)
            Line(text, isGood: true, "==========", string.Create(CultureInfo.InvariantCulture, $"Running {count} tests."));
        Line(text, isGood: true, " RUN      ", last.Name);
        // What a test prints is of interest where it failed.
        if (!last.Passed)
        {
            foreach (string line in last.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                text.Append(line).Append('\n');
        }
        Line(text, last.Passed, last.Passed ? "       OK " : "  FAILED  ", $"{last.Name} ({DurationText(last.Duration)})");
        if (results.Count < count)
            return text.ToString();
        BpfTraceTestResult[] failed = [.. results.Where(static r => !r.Passed)];
        Line(text, isGood: true, "==========", $"{Tests(count)} ran.");
        Line(text, isGood: true, "  PASSED  ", $"{Tests(count - failed.Length)}.");
        if (failed.Length > 0)
            Line(text, isGood: false, "  FAILED  ", $"{Tests(failed.Length)}, listed below:");
        foreach (BpfTraceTestResult one in failed)
            Line(text, isGood: false, "  FAILED  ", one.Name);
        return text.ToString();
    }

    /// <summary>A line of the table of benchmarks.</summary>
    /// <param name="result">A benchmark that was measured.</param>
    /// <param name="names">The names of all, which decide how wide the table is.</param>
    /// <param name="hasHead">The head of the table is before it.</param>
    public static string Of(BpfTraceBenchmark result, string[] names, bool hasHead)
    {
        int width = Math.Max(NameWidth, names.Max(static n => n.Length) + 1);
        var text = new StringBuilder();
        if (hasHead)
        {
            text.Append("Benchmark".PadRight(width)).Append("Time(ns)".PadRight(TimeWidth)).Append("Iterations\n");
            text.Append('-', width + TimeWidth + "Iterations".Length).Append('\n');
        }
        string nanoseconds = Math.Round(result.Nanoseconds ?? 0).ToString(CultureInfo.InvariantCulture);
        return text.Append(result.Name.PadRight(width)).Append(nanoseconds.PadRight(TimeWidth)).Append(CultureInfo.InvariantCulture, $"{result.Runs}\n").ToString();
    }

    private static void Line(StringBuilder text, bool isGood, string label, string rest) => text.Append(CultureInfo.InvariantCulture, $"\e[{(isGood ? 32 : 31)}m[{label}]\e[0m {rest}\n");

    private static string Tests(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "test" : "tests")}");

    private static string DurationText(TimeSpan duration)
    {
        (double value, string unit) = duration.TotalNanoseconds switch
        {
            >= 1e9 and var n => (n / 1e9, "s"),
            >= 1e6 and var n => (n / 1e6, "ms"),
            >= 1e3 and var n => (n / 1e3, "us"),
            var n => (n, "ns"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(long)value} {unit}");
    }
}
