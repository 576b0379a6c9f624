using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Shows how far work has come that has an end, and how long it will still take: nothing within the first second, and then twice a second.</summary>
/// <param name="cmdlet">Whose work it is. All calls are its pipeline's thread's.</param>
/// <param name="activity">What is being done.</param>
/// <param name="duration">How long it takes at most; null: it ends otherwise.</param>
/// <param name="stop">Set when the pipeline is stopped, which takes no records any more.</param>
internal sealed class WorkProgress(Cmdlet cmdlet, string activity, TimeSpan? duration, CancellationToken stop) : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Period = TimeSpan.FromMilliseconds(500);

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _dueAt = Stopwatch.GetTimestamp() + Ticks(First);
    private bool _isShown;

    /// <summary>How long a thread may wait without a look at this.</summary>
    public static TimeSpan LongestWait => Period;

    /// <summary>It is time to show it again.</summary>
    public bool IsDue => Stopwatch.GetTimestamp() >= _dueAt && !stop.IsCancellationRequested;

    /// <summary>Shows it if it is time to.</summary>
    /// <param name="count">How much of the known amount is done; objects, bytes.</param>
    /// <param name="amount">The known amount; null or the largest number: none is known.</param>
    /// <param name="unit">What is counted.</param>
    public void Show(long? count = null, long? amount = null, string? unit = null)
    {
        if (!IsDue)
            return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_startedAt);
        double? ofTime = duration is { } whole ? elapsed / whole : null;
        double? ofAmount = count is not null && amount is > 0 and < long.MaxValue ? (double)count / amount.Value : null;
        // What ends it first.
        double? share = ofTime > ofAmount || ofAmount is null ? ofTime : ofAmount;
        if (share is null)
            return;
        Show(elapsed, Math.Clamp(share.Value, 0, 1), (count, amount) switch
        {
            (null, _) => string.Create(CultureInfo.CurrentCulture, $"{elapsed.TotalSeconds:0} s"),
            (_, null or long.MaxValue) => string.Create(CultureInfo.CurrentCulture, $"{elapsed.TotalSeconds:0} s, {count:N0} {unit}"),
            _ => string.Create(CultureInfo.CurrentCulture, $"{count:N0} of {amount:N0} {unit}"),
        });
    }

    /// <summary>Shows it if it is time to, for work that shows what it has come to otherwise.</summary>
    /// <param name="status">What is said beside the activity.</param>
    public void Show(string status)
    {
        if (!IsDue)
            return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_startedAt);
        Show(elapsed, duration is { } whole ? Math.Clamp(elapsed / whole, 0, 1) : null, status);
    }

    /// <summary>Takes it from the screen.</summary>
    public void Dispose()
    {
        if (_isShown && !stop.IsCancellationRequested)
            cmdlet.WriteProgress(new ProgressRecord(Id, activity, "done") { RecordType = ProgressRecordType.Completed });
        _isShown = false;
    }

    private const int Id = 0;

    private void Show(TimeSpan elapsed, double? share, string status)
    {
        _dueAt = Stopwatch.GetTimestamp() + Ticks(Period);
        _isShown = true;
        var record = new ProgressRecord(Id, activity, status);
        if (share is { } part)
        {
            record.PercentComplete = (int)(100 * part);
            if (duration is { } whole && part <= elapsed / whole)
                record.SecondsRemaining = (int)Math.Max(0, Math.Ceiling((whole - elapsed).TotalSeconds));
            else if (part > 0)
                record.SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Ceiling(elapsed.TotalSeconds * (1 - part) / part));
        }
        cmdlet.WriteProgress(record);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
