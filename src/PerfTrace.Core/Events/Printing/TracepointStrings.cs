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
    private readonly Lazy<Dictionary<ulong, string>> _strings;

    public TracepointStrings(SystemPaths paths) => _strings = new Lazy<Dictionary<ulong, string>>(() =>
        TraceFileSystem.Find(paths) is { } tracing && Path.Combine(tracing, "printk_formats") is var path && File.Exists(path)
            ? Parse(KernelFile.ReadText(path))
            : []);

    public bool TryRead(ulong address, [NotNullWhen(true)] out string? text) => _strings.Value.TryGetValue(address, out text);

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
