using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Watch-PerfSample: samples as they are taken.</summary>
[Cmdlet(VerbsCommon.Watch, "PerfSample", DefaultParameterSetName = CommandSet)]
[OutputType(typeof(PerfSample))]
public sealed class WatchPerfSampleCommand : LiveSampleCommand
{
    private const int LossCheckInterval = 1024;

    /// <summary>End after so many samples.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvents { get; set; } = long.MaxValue;

    protected override void Watch(PerfSampleStream stream)
    {
        long left = MaxEvents;
        while (left > 0 && !stream.IsEnded && !StopToken.IsCancellationRequested)
        {
            if (!stream.TryRead(long.MaxValue, out PerfSample? sample))
                continue;
            WriteObject(sample);
            if (--left % LossCheckInterval == 0)
                WarnOfLoss(stream, isFinal: false);
        }
    }
}
