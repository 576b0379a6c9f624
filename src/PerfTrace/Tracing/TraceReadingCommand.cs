using System.Globalization;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What cmdlets share that take records out of trace buffers as they come.</summary>
public abstract class TraceReadingCommand : TraceInstanceCommand
{
    private TracePipe? _pipe;
    private long _warnedAt;

    /// <summary>How long; until it is stopped if nothing is said.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>End after so many objects.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    /// <summary>The name of a variable that gets the summary: how many came, how many were lost.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    /// <summary>Reads and writes the objects until it ends.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">It can not be read.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    private protected void Watch(TracingDirectory directory, TracePipeOptions options)
    {
        using TracePipe pipe = _pipe = TracePipe.Open(directory, options, VerboseWriter, StopToken);
        var batch = new TraceRecord[256];
        long left = MaxEvents;
        using var progress = new WorkProgress(this, $"Reading the trace buffer of {directory.Description}", Duration, StopToken);
        pipe.Waiting = () => progress.Show(MaxEvents - left, MaxEvents, "objects");
        while (left > 0 && pipe.Fill(batch.AsSpan(0, (int)Math.Min(batch.Length, left))) is > 0 and var count)
        {
            for (int i = 0; i < count; i++)
                WriteObject(batch[i]);
            left -= count;
            WarnOfLoss(pipe, isFinal: false);
            progress.Show(MaxEvents - left, MaxEvents, "objects");
        }
        pipe.Finish();
        WarnOfLoss(pipe, isFinal: true);
        TracePipeSummary summary = pipe.Summary;
        WriteVerbose(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Objects} objects of {summary.Records} records in {summary.Elapsed.TotalSeconds:0.000} s, {summary.Lost} lost, {summary.Discarded} taken out and not given out."));
        if (SummaryVariable is not null)
            SessionState.PSVariable.Set(SummaryVariable, summary);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _pipe?.Dispose();
        base.Dispose(disposing);
    }

    // At once when the first are lost and then each time there are ten times as many: a watch may never come to an end of its own.
    private void WarnOfLoss(TracePipe pipe, bool isFinal)
    {
        long lost = pipe.Lost;
        if (lost == _warnedAt || (!isFinal && lost < 10 * _warnedAt))
            return;
        _warnedAt = lost;
        string cpus = string.Join(", ", pipe.Summary.LostPerCpu);
        WriteWarning(string.Create(CultureInfo.InvariantCulture,
            $"{lost} events were lost ({cpus}): they came faster than they were taken, or before the reading began. Record less (Set-TracepointFilter, Disable-Tracepoint), or enlarge the buffers: Set-TraceBuffer -Size."));
    }
}
