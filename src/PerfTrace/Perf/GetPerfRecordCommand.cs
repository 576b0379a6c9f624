using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Get-PerfRecord: the recordings of this session.</summary>
[Cmdlet(VerbsCommon.Get, "PerfRecord", DefaultParameterSetName = AllSet)]
[OutputType(typeof(PerfRecording))]
public sealed class GetPerfRecordCommand : PerfRecordCommand
{
    private const string AllSet = "All";

    /// <summary>Those in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PerfRecordingState[]? State { get; set; }

    protected override void ProcessRecord()
    {
        foreach (PerfRecording recording in ParameterSetName == AllSet ? PerfRecordings.List() : Selected())
        {
            if (State is null || State.Contains(recording.State))
                WriteObject(recording);
        }
    }
}
