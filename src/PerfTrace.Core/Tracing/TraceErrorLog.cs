using System.Globalization;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// tracing/error_log, Linux 5.2: why the kernel refused the last eight commands. Filters, triggers and histograms are told of in the log
/// of their instance, dynamic events (kprobes, uprobes, synthetic events) in that of the top.
/// </summary>
public static class TraceErrorLog
{
    private const string CommandPrefix = "  Command: ", LocationEnd = ": error: ";

    /// <summary>The entries, oldest first; empty where the kernel has no log.</summary>
    internal static IReadOnlyList<TraceErrorEntry> Read(TracingDirectory directory)
    {
        try
        {
            return Parse(directory.ReadText("error_log"));
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return [];
        }
    }

    /// <summary>Parses the file's text; lines that are none of its own are passed over.</summary>
    public static IReadOnlyList<TraceErrorEntry> Parse(string text)
    {
        var entries = new List<TraceErrorEntry>();
        string[] lines = text.Split('\n');
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            if (!TryParseHead(lines[i], out TimeSpan time, out string location, out string message)
                || !lines[i + 1].StartsWith(CommandPrefix, StringComparison.Ordinal))
            {
                continue;
            }
            string command = lines[i + 1][CommandPrefix.Length..];
            int position = i + 2 < lines.Length && lines[i + 2].TrimEnd() is { Length: > 0 } caret && caret[^1] == '^'
                ? CharacterAt(command, caret.Length - 1 - CommandPrefix.Length)
                : 0;
            entries.Add(new TraceErrorEntry(time, location, message, command, position));
        }
        return entries;
    }

    /// <summary>The newest entry that is about a command and was not there before it.</summary>
    internal static TraceErrorEntry? FindNew(IReadOnlyList<TraceErrorEntry> before, IReadOnlyList<TraceErrorEntry> after, string command)
    {
        string words = Collapse(command);
        for (int i = after.Count - 1; i >= 0; i--)
        {
            // The kernel shows the part that its parser saw, words apart by one space.
            if (!before.Contains(after[i]) && words.Contains(Collapse(after[i].Command), StringComparison.Ordinal))
                return after[i];
        }
        return null;
    }

    // [11956.245153] event filter parse error: error: Field not found
    private static bool TryParseHead(string line, out TimeSpan time, out string location, out string message)
    {
        (time, location, message) = (default, "", "");
        int close = line.IndexOf(']', StringComparison.Ordinal);
        int end = line.IndexOf(LocationEnd, StringComparison.Ordinal);
        if (line.Length == 0 || line[0] != '[' || close < 0 || end < close
            || !decimal.TryParse(line.AsSpan(1, close - 1).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            || seconds > 1e11m)
        {
            return false;
        }
        time = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        location = line[(close + 1)..end].Trim();
        message = line[(end + LocationEnd.Length)..];
        return true;
    }

    // The kernel counts bytes.
    private static int CharacterAt(string command, int bytes)
    {
        int at = 0;
        while (at < command.Length && bytes > 0)
        {
            Rune.DecodeFromUtf16(command.AsSpan(at), out Rune rune, out int used);
            bytes -= rune.Utf8SequenceLength;
            at += used;
        }
        return at + Math.Max(0, bytes);
    }

    private static string Collapse(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
