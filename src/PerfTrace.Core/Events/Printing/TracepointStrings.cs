using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Events.Printing;

/// <summary>
/// <c>printk_formats</c> of tracefs: the constant strings that the kernel tells for events which hold their address (tracepoint_string(),
/// and the formats of trace_printk()).
/// </summary>
public sealed class TracepointStrings : IKernelStrings
{
    /// <summary>Modules bring strings: after so long, one that is not known is looked for once more.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly SystemPaths _paths;
    private readonly Lock _gate = new();
    private volatile Dictionary<ulong, string>? _strings;
    private long _readAt;

    public TracepointStrings(SystemPaths paths) => _paths = paths;

    public bool TryRead(ulong address, [NotNullWhen(true)] out string? text)
    {
        if (_strings is { } known && known.TryGetValue(address, out text))
            return true;
        return Refresh().TryGetValue(address, out text);
    }

    private Dictionary<ulong, string> Refresh()
    {
        lock (_gate)
        {
            if (_strings is { } known && Stopwatch.GetElapsedTime(_readAt) < Freshness)
                return known;
            Dictionary<ulong, string> strings = TraceFileSystem.Find(_paths) is { } tracing && Path.Combine(tracing, "printk_formats") is var path && File.Exists(path)
                ? Parse(KernelFile.ReadText(path))
                : [];
            _readAt = Stopwatch.GetTimestamp();
            _strings = strings;
            return strings;
        }
    }

    /// <summary>Parses lines <c>0xffffffff8281942f : "thaw_processes"</c>; line feeds, tabs, quotes and backslashes are escaped.</summary>
    internal static Dictionary<ulong, string> Parse(string text)
    {
        var strings = new Dictionary<ulong, string>();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(" : \"", StringComparison.Ordinal);
            if (colon < 3 || !line.EndsWith("\"") || line.Length < colon + 5
                || !ulong.TryParse(line[2..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
            {
                continue;
            }
            strings[address] = line[(colon + 4)..^1].ToString()
                .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal)
                .Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        }
        return strings;
    }
}
