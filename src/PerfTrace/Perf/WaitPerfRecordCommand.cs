using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Wait-PerfRecord: waits for recordings to end by themselves. Ctrl-C ends the waiting and leaves them running.</summary>
[Cmdlet(VerbsLifecycle.Wait, "PerfRecord", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(PerfRecording))]
public sealed class WaitPerfRecordCommand : PerfRecordCommand
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    /// <summary>Recordings from Start-PerfRecord and Get-PerfRecord.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PerfRecording[] InputObject { get; set; } = [];

    /// <summary>How long to wait for all of them.</summary>
    [Parameter]
    [DurationTransformation(AllowZero = true)]
    public TimeSpan? Timeout { get; set; }

    protected override void ProcessRecord()
    {
        foreach (PerfRecording recording in ParameterSetName == ObjectSet ? InputObject : [.. Selected()])
        {
            using var progress = new RecordingProgress(this, recording, StopToken);
            if (progress.Wait(Timeout is { } timeout ? timeout - Stopwatch.GetElapsedTime(_startedAt) : null, StopToken))
            {
                WriteEnded(recording);
            }
            else if (!StopToken.IsCancellationRequested)
            {
                WriteError(new ErrorRecord(new TimeoutException($"Recording {recording.Id} into {recording.Path} still runs. Stop-PerfRecord ends it."),
                    "RecordingRuns", ErrorCategory.OperationTimeout, recording));
            }
        }
    }
}
