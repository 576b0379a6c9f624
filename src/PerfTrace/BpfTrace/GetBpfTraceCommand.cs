using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Get-BpfTrace: the scripts that this session runs in the background, and ran.</summary>
[Cmdlet(VerbsCommon.Get, "BpfTrace")]
[OutputType(typeof(BpfTraceRun))]
public sealed class GetBpfTraceCommand : PerfTraceCommand
{
    /// <summary>Those of these numbers.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfTraceIdCompleter))]
    public int[]? Id { get; set; }

    /// <summary>Those in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public BpfTraceRunState[]? State { get; set; }

    protected override void EndProcessing()
    {
        foreach (BpfTraceRun run in Id is null ? BpfTraceRuns.List() : BpfTraceRunCommand.Find(this, Id))
        {
            if (State is null || State.Contains(run.State))
                WriteObject(run);
        }
    }
}
