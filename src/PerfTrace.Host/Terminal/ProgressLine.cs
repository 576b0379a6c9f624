using System.Diagnostics;
using System.Management.Automation;

namespace PerfTrace.Host.Terminal;

/// <summary>One line on the terminal that is drawn over again and again, and is gone when anything else is written.</summary>
internal sealed class ProgressLine(HostConsole console)
{
    private const string ClearLine = "\r\e[2K";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private long _drawnAt;
    private bool _isShown;

    public void Show(ProgressRecord record)
    {
        if (!console.IsErrorTerminal)
            return;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        lock (_gate)
        {
            if (_drawnAt != 0 && Stopwatch.GetElapsedTime(_drawnAt) < s_interval)
                return;
            _drawnAt = Stopwatch.GetTimestamp();
            string line = Describe(record);
            // A line that wrapped could not be taken back.
            int room = Math.Max(1, console.ErrorWidth - 1);
            console.Error.Write(ClearLine + (line.Length > room ? line[..room] : line));
            _isShown = true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            if (!_isShown)
                return;
            console.Error.Write(ClearLine);
            _isShown = false;
        }
    }

    private static string Describe(ProgressRecord record)
    {
        string line = $"{record.Activity}: {record.StatusDescription}";
        if (!string.IsNullOrEmpty(record.CurrentOperation))
            line += $" {record.CurrentOperation}";
        if (record.PercentComplete >= 0)
            line += $" {record.PercentComplete}%";
        if (record.SecondsRemaining >= 0)
            line += $" ({record.SecondsRemaining} s left)";
        return PrintableText.OneLine(line);
    }
}
