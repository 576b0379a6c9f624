using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>Numbers in event strings and sysfs: decimal, or hexadecimal after 0x.</summary>
internal static class EventNumber
{
    public static bool TryParse(ReadOnlySpan<char> text, out ulong value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
