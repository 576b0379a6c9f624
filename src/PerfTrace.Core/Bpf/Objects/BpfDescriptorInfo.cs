using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>
/// What /proc/self/fdinfo tells of a BPF descriptor and BPF_OBJ_GET_INFO_BY_FD does not: memory in use, whether a map is frozen (bpf_map_show_fdinfo and
/// bpf_prog_show_fdinfo in kernel/bpf/syscall.c).
/// </summary>
internal sealed class BpfDescriptorInfo
{
    private readonly Dictionary<string, string> _values;

    private BpfDescriptorInfo(Dictionary<string, string> values) => _values = values;

    /// <summary>Reads it; null where there is no /proc.</summary>
    public static BpfDescriptorInfo? Read(FileDescriptor descriptor)
    {
        string path = $"/proc/self/fdinfo/{descriptor.Number.ToString(CultureInfo.InvariantCulture)}";
        if (!File.Exists(path))
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                values[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return new BpfDescriptorInfo(values);
    }

    /// <summary>A decimal or 0x-number; null: this kernel does not tell.</summary>
    public long? Number(string key)
    {
        if (!_values.TryGetValue(key, out string? text))
            return null;
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? long.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long hexadecimal) ? hexadecimal : null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>What the descriptor is of.</summary>
    public (BpfObjectKind Kind, uint Id)? Identity()
    {
        // A link's has its program's id, too.
        if (Number("link_id") is { } link)
            return (BpfObjectKind.Link, (uint)link);
        if (Number("map_id") is { } map)
            return (BpfObjectKind.Map, (uint)map);
        if (Number("prog_id") is { } program)
            return (BpfObjectKind.Program, (uint)program);
        return Number("btf_id") is { } btf ? (BpfObjectKind.Btf, (uint)btf) : null;
    }
}
