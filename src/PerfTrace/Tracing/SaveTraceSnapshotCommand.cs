using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Save-TraceSnapshot: sets aside what is recorded, so that it can be read while recording goes on.</summary>
[Cmdlet(VerbsData.Save, "TraceSnapshot", SupportsShouldProcess = true, DefaultParameterSetName = TakeSet)]
[OutputType(typeof(TraceSnapshot))]
public sealed class SaveTraceSnapshotCommand : TraceInstanceCommand
{
    private const string TakeSet = "Take", ClearSet = "Clear", FreeSet = "Free";

    /// <summary>Of this CPU's buffer alone, where the kernel can do that.</summary>
    [Parameter(ParameterSetName = TakeSet)]
    [Parameter(ParameterSetName = ClearSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? Cpu { get; set; }

    /// <summary>Forgets the snapshot and keeps its memory.</summary>
    [Parameter(ParameterSetName = ClearSet, Mandatory = true)]
    public SwitchParameter Clear { get; set; }

    /// <summary>Forgets the snapshot and gives its memory back.</summary>
    [Parameter(ParameterSetName = FreeSet, Mandatory = true)]
    public SwitchParameter Free { get; set; }

    /// <summary>A snapshot outside the session's own instances stays when the session ends.</summary>
    [Parameter(ParameterSetName = TakeSet)]
    public SwitchParameter Persistent { get; set; }

    protected override void ProcessRecord()
    {
        if (FindDirectory() is not { } directory)
            return;
        Try(Instance, () =>
        {
            TraceSnapshot snapshot = TraceSnapshot.Open(directory, Cpu);
            if (!ShouldProcess(directory.Description, Clear ? "Clear the snapshot" : Free ? "Free the snapshot" : "Take a snapshot"))
                return;
            if (Clear)
            {
                snapshot.Clear();
            }
            else if (Free)
            {
                snapshot.Free();
            }
            else
            {
                snapshot.Take(Persistent);
                WriteObject(snapshot);
            }
        });
    }
}
