using System.Globalization;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Times of day by a format of strftime(3), with bpftrace's <c>%f</c> for microseconds.</summary>
internal static class TimeText
{
    private const long PerSecond = 1_000_000_000;

    /// <summary>A time in the local time zone.</summary>
    /// <param name="format">The format.</param>
    /// <param name="nanoseconds">Since 1970.</param>
    public static string Of(string format, long nanoseconds)
    {
        long seconds = Math.DivRem(nanoseconds, PerSecond, out long rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + PerSecond);
        return CalendarTime.Format(WithMicroseconds(format, rest / 1000), seconds);
    }

    private static string WithMicroseconds(string format, long microseconds)
    {
        if (!format.Contains("%f", StringComparison.Ordinal))
            return format;
        var text = new StringBuilder(format.Length + 4);
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
                text.Append(format[i]);
            else if (format[++i] == 'f')
                text.Append(CultureInfo.InvariantCulture, $"{microseconds:000000}");
            else
                text.Append('%').Append(format[i]);
        }
        return text.ToString();
    }
}
