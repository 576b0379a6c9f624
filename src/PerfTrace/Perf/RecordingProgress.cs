using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Waits for a recording, and shows its seconds, samples and bytes meanwhile.</summary>
internal sealed class RecordingProgress(Cmdlet cmdlet, PerfRecording recording, CancellationToken end) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private bool _isShown;

    /// <summary>True: it has ended.</summary>
    /// <param name="timeout">How long to wait; null without end.</param>
    /// <param name="stop">Ends the waiting.</param>
    public bool Wait(TimeSpan? timeout, CancellationToken stop)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                TimeSpan left = timeout is { } whole ? whole - Stopwatch.GetElapsedTime(begin) : Period;
                if (recording.Wait(left < TimeSpan.Zero ? TimeSpan.Zero : left < Period ? left : Period, stop))
                    return true;
                if (timeout is not null && left <= Period)
                    return false;
                Show();
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        // A stopped pipeline takes no records.
        if (_isShown && !end.IsCancellationRequested)
            cmdlet.WriteProgress(new ProgressRecord(recording.Id, Activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    private string Activity => $"Recording into {recording.Path}";

    internal static string Describe(TimeSpan elapsed, long samples, long bytes, long lost)
    {
        string losses = lost > 0 ? string.Create(CultureInfo.CurrentCulture, $", {lost:N0} lost") : "";
        return string.Create(CultureInfo.CurrentCulture, $"{elapsed.TotalSeconds:0} s, {samples:N0} samples, {bytes / 1048576.0:0.0} MiB{losses}");
    }

    private void Show()
    {
        _isShown = true;
        TimeSpan elapsed = recording.Elapsed;
        var progress = new ProgressRecord(recording.Id, Activity, Describe(elapsed, recording.Samples, recording.Bytes, recording.Lost));
        if (recording.GetDuration() is { } whole)
        {
            progress.PercentComplete = (int)Math.Clamp(100 * elapsed / whole, 0, 100);
            progress.SecondsRemaining = (int)Math.Max(0, Math.Ceiling((whole - elapsed).TotalSeconds));
        }
        cmdlet.WriteProgress(progress);
    }
}
