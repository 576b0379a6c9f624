using System.Globalization;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>
/// A perf_event_attr as the fields that are not zero, by their names in perf_event.h: what <c>perf -vv</c> prints, and what we pass.
/// The size is left out: it is perf's own.
/// </summary>
internal static class AttributeFields
{
    private static readonly Dictionary<PerfEventFlags, string> FlagNames = new()
    {
        [PerfEventFlags.Disabled] = "disabled",
        [PerfEventFlags.Inherit] = "inherit",
        [PerfEventFlags.Pinned] = "pinned",
        [PerfEventFlags.Exclusive] = "exclusive",
        [PerfEventFlags.ExcludeUser] = "exclude_user",
        [PerfEventFlags.ExcludeKernel] = "exclude_kernel",
        [PerfEventFlags.ExcludeHypervisor] = "exclude_hv",
        [PerfEventFlags.ExcludeIdle] = "exclude_idle",
        [PerfEventFlags.EnableOnExec] = "enable_on_exec",
        [PerfEventFlags.ExcludeHost] = "exclude_host",
        [PerfEventFlags.ExcludeGuest] = "exclude_guest",
    };

    private static readonly Dictionary<PerfReadFormat, string> ReadFormatNames = new()
    {
        [PerfReadFormat.TotalTimeEnabled] = "TOTAL_TIME_ENABLED",
        [PerfReadFormat.TotalTimeRunning] = "TOTAL_TIME_RUNNING",
        [PerfReadFormat.Id] = "ID",
        [PerfReadFormat.Group] = "GROUP",
    };

    public static SortedDictionary<string, string> Of(PerfEventAttr attributes)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add("type", attributes.Type);
        Add("config", attributes.Config);
        Add("config1", attributes.Config1);
        Add("config2", attributes.Config2);
        Add("config3", attributes.Config3);
        Add("bp_type", attributes.BreakpointType);
        Add("sample_period", attributes.SamplePeriod);
        Add("precise_ip", (ulong)attributes.PreciseIp);
        if (attributes.SampleType != 0)
            fields["sample_type"] = attributes.SampleType.ToString().ToUpperInvariant();
        if (attributes.ReadFormat != 0)
            fields["read_format"] = string.Join('|', Bits(attributes.ReadFormat).Select(static bit => ReadFormatNames[bit]));
        attributes.PreciseIp = 0;
        foreach (PerfEventFlags flag in Bits(attributes.Flags))
            fields[FlagNames.GetValueOrDefault(flag, flag.ToString())] = Number(1);
        return fields;

        void Add(string name, ulong value)
        {
            if (value != 0)
                fields[name] = Number(value);
        }
    }

    /// <summary>Takes a line of <c>perf -vv</c>, such as <c>{ bp_addr, config1 }   0x1000</c>; null for the size.</summary>
    public static (string Name, string Value)? Parse(string line)
    {
        line = line.Trim();
        string name, rest;
        if (line[0] == '{')
        {
            int close = line.IndexOf('}');
            name = line[1..close].Trim() switch
            {
                "bp_addr, config1" => "config1",
                "bp_len, config2" => "config2",
                "sample_period, sample_freq" => "sample_period",
                "wakeup_events, wakeup_watermark" => "wakeup_events",
                var other => other,
            };
            rest = line[(close + 1)..].Trim();
        }
        else
        {
            int space = line.IndexOf(' ');
            name = line[..space];
            rest = line[space..].Trim();
        }
        // Newer perf adds the constant's name: "0x2 (PERF_COUNT_SW_PAGE_FAULTS)".
        string value = rest.Split(' ')[0];
        if (name == "size")
            return null;
        if (value.StartsWith("0x", StringComparison.Ordinal))
            return (name, Number(ulong.Parse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? (name, Number(number)) : (name, value);
    }

    private static string Number(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static IEnumerable<T> Bits<T>(T value)
        where T : struct, Enum
    {
        ulong bits = Convert.ToUInt64(value, CultureInfo.InvariantCulture);
        for (int i = 0; i < 64; i++)
        {
            if ((bits >> i & 1) != 0)
                yield return (T)Enum.ToObject(typeof(T), 1UL << i);
        }
    }
}
