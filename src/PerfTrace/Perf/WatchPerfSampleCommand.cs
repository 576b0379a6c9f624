using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Watch-PerfSample: samples as they are taken.</summary>
[Cmdlet(VerbsCommon.Watch, "PerfSample", DefaultParameterSetName = CommandSet)]
[OutputType(typeof(PerfSample))]
public sealed class WatchPerfSampleCommand : LiveSampleCommand
{
    private const int LossCheckInterval = 1024;

    private static readonly long LongestWait = (long)(WorkProgress.LongestWait.TotalSeconds * Stopwatch.Frequency);

    /// <summary>End after so many samples.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    protected override void Watch(PerfSampleStream stream)
    {
        long left = MaxEvents;
        using var progress = new WorkProgress(this, "Watching samples", Duration, StopToken);
        while (left > 0 && !stream.IsEnded && !StopToken.IsCancellationRequested)
        {
            progress.Show(MaxEvents - left, MaxEvents, "samples");
            if (!stream.TryRead(Stopwatch.GetTimestamp() + LongestWait, out PerfSample? sample))
                continue;
            WriteObject(sample);
            if (--left % LossCheckInterval == 0)
                WarnOfLoss(stream, isFinal: false);
        }
    }
}
