using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>
/// The bits that a term of a PMU fills, from <c>/sys/bus/event_source/devices/PMU/format/TERM</c>
/// (Documentation/ABI/testing/sysfs-bus-event_source-devices-format): <c>config:0-7,21</c>, <c>config1:0-63</c>.
/// </summary>
/// <param name="Name">The term.</param>
/// <param name="Field">0 for config, 1 for config1, 2, 3.</param>
/// <param name="Mask">The bits of that field; a value's lowest bit goes to the lowest bit here.</param>
internal sealed record PmuFormat(string Name, int Field, ulong Mask)
{
    public ulong MaximumValue
    {
        get
        {
            int bits = System.Numerics.BitOperations.PopCount(Mask);
            return bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        }
    }

    /// <summary>Parses a format file's text; null when it is not in a form known here.</summary>
    public static PmuFormat? Parse(string name, string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int colon = rest.IndexOf(':');
        if (colon < 0 || !rest.StartsWith("config", StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> fieldNumber = rest["config".Length..colon];
        int field = 0;
        if (!fieldNumber.IsEmpty && (!int.TryParse(fieldNumber, NumberStyles.None, CultureInfo.InvariantCulture, out field) || field > 3))
            return null;
        ulong mask = 0;
        rest = rest[(colon + 1)..];
        foreach (Range range in rest.Split(','))
        {
            ReadOnlySpan<char> part = rest[range].Trim();
            int dash = part.IndexOf('-');
            ReadOnlySpan<char> low = dash < 0 ? part : part[..dash], high = dash < 0 ? part : part[(dash + 1)..];
            if (!int.TryParse(low, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(high, NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first > last || last > 63)
            {
                return null;
            }
            for (int bit = first; bit <= last; bit++)
                mask |= 1UL << bit;
        }
        return new PmuFormat(name, field, mask);
    }

    /// <summary>Spreads a value over the bits and ORs it into the field, as the kernel's own encoders read it.</summary>
    public void Write(ulong value, ref PerfEventAttr attributes)
    {
        ulong spread = 0;
        int valueBit = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            if ((Mask & (1UL << bit)) == 0)
                continue;
            if ((value & (1UL << valueBit++)) != 0)
                spread |= 1UL << bit;
        }
        switch (Field)
        {
            case 0: attributes.Config |= spread; break;
            case 1: attributes.Config1 |= spread; break;
            case 2: attributes.Config2 |= spread; break;
            case 3: attributes.Config3 |= spread; break;
        }
    }
}
