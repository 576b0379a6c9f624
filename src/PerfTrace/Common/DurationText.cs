using System.Globalization;

namespace PerfTrace.Commands;

/// <summary>Durations as people write them: a number of seconds, a number with a unit, or hh:mm:ss.</summary>
public static class DurationText
{
    /// <summary>Longer than anything measured, short enough that no sum of times overflows.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(36500);

    private static readonly (string Suffix, double Seconds)[] Units =
    [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3),
        ("sec", 1), ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86400),
    ];

    /// <exception cref="FormatException">It is no duration, or out of range; the message says which.</exception>
    public static TimeSpan Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Contains(':'))
        {
            return TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out TimeSpan span)
                ? Check(span.TotalSeconds, text)
                : throw NotADuration(text);
        }
        double factor = 1;
        foreach ((string suffix, double seconds) in Units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                factor = seconds;
                trimmed = trimmed[..^suffix.Length].TrimEnd();
                break;
            }
        }
        return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? Check(number * factor, text)
            : throw NotADuration(text);
    }

    /// <exception cref="FormatException">It is negative, not a number, or too long.</exception>
    public static TimeSpan FromSeconds(double seconds) => Check(seconds, seconds.ToString(CultureInfo.InvariantCulture));

    private static TimeSpan Check(double seconds, string text)
    {
        if (double.IsNaN(seconds))
            throw NotADuration(text);
        if (seconds < 0)
            throw new FormatException($"The duration '{text}' is negative.");
        if (seconds > Longest.TotalSeconds)
            throw new FormatException($"The duration '{text}' is too long: at most {Longest.TotalDays:0} days.");
        return TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
    }

    private static FormatException NotADuration(string text) =>
        new($"'{text}' is not a duration: write seconds (1.5), a number with a unit (250ms, 2m) or hh:mm:ss.");
}
