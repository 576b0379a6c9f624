using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Stop-PerfRecord: ends recordings, and gives them when their files are complete.</summary>
[Cmdlet(VerbsLifecycle.Stop, "PerfRecord", DefaultParameterSetName = ObjectSet, SupportsShouldProcess = true)]
[OutputType(typeof(PerfRecording))]
public sealed class StopPerfRecordCommand : PerfRecordCommand
{
    /// <summary>Recordings from Start-PerfRecord and Get-PerfRecord.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PerfRecording[] InputObject { get; set; } = [];

    protected override void ProcessRecord()
    {
        PerfRecording[] recordings = [.. (ParameterSetName == ObjectSet ? InputObject : Selected()).Where(r => ShouldProcess($"recording {r.Id} into {r.Path}", "End the recording"))];
        foreach (PerfRecording recording in recordings)
            recording.RequestStop();
        foreach (PerfRecording recording in recordings)
        {
            // Not to be interrupted: the file is being completed, which takes no longer than the rest of the rings.
            recording.Dispose();
            WriteEnded(recording);
        }
    }
}
