using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Watch-Tracepoint: live events as objects.</summary>
[Cmdlet(VerbsCommon.Watch, "Tracepoint", DefaultParameterSetName = CpuSetName)]
[OutputType(typeof(TraceEvent))]
public sealed class WatchTracepointCommand : TracepointStreamCommand
{
    private TracepointStream? _stream;
    private long _warnedAt;

    /// <summary>End after so many events.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    /// <summary>The newest events push out the oldest, and come when the watch ends.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>The name of a variable that gets the summary: how many events came, how many were lost.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SummaryVariable { get; set; }

    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Overwrite && Duration is null && Command is null)
            ThrowUsage("ContradictoryParameters", "With -Overwrite events come at the end: give -Duration or -Command.");
    }

    protected override void EndProcessing()
    {
        _stream = OpenStream(Overwrite, isInteractive: true, out WhereCompiler? shellFilter);
        if (_stream is null)
            return;
        try
        {
            Watch(_stream, shellFilter);
        }
        catch (CommandException e)
        {
            WriteProblem(e, Command);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream?.Dispose();
        base.Dispose(disposing);
    }

    private void Watch(TracepointStream stream, WhereCompiler? shellFilter)
    {
        var batch = new TraceEvent[256];
        long left = MaxEvents;
        using var progress = new WorkProgress(this, $"Watching {string.Join(", ", Event)}", Duration, StopToken);
        stream.Waiting = () => progress.Show(MaxEvents - left, MaxEvents, "events");
        while (left > 0 && stream.Fill(batch.AsSpan(0, (int)Math.Min(batch.Length, left))) is > 0 and var count)
        {
            for (int i = 0; i < count; i++)
            {
                if (shellFilter?.Passes(batch[i]) == false)
                    continue;
                WriteObject(batch[i]);
                left--;
            }
            WarnOfLoss(isFinal: false);
            progress.Show(MaxEvents - left, MaxEvents, "events");
        }
        stream.Finish();
        WarnOfLoss(isFinal: true);
        TracepointStreamSummary summary = stream.Summary;
        WriteVerbose($"{summary.Events} events in {summary.Elapsed.TotalSeconds:0.000} s, {summary.Lost} lost.");
        if (SummaryVariable is not null)
            SessionState.PSVariable.Set(SummaryVariable, summary);
    }

    // At once when the first are lost and then each time there are ten times as many: a watch may never come to an end of its own.
    private void WarnOfLoss(bool isFinal)
    {
        TracepointStream stream = _stream!;
        long lost = stream.Lost;
        if (lost == _warnedAt || (!isFinal && lost < 10 * _warnedAt))
            return;
        _warnedAt = lost;
        TracepointStreamSummary summary = stream.Summary;
        WriteWarning($"{lost} events were lost ({string.Join(", ", summary.LostPerCpu)}): "
            + $"they came faster than they were taken. Narrow them down with -Where or -Filter, or enlarge the buffers: -BufferSize {2L * summary.BufferSize / 1024}KB.");
    }
}
