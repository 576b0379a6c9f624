using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Start-BpfTrace: runs a script of the bpftrace language in the background.</summary>
[Cmdlet(VerbsLifecycle.Start, "BpfTrace", DefaultParameterSetName = ScriptSet, SupportsShouldProcess = true)]
[OutputType(typeof(BpfTraceRun))]
public sealed class StartBpfTraceCommand : BpfTraceScriptCommand
{
    /// <summary>So many objects are kept until they are received; of more the oldest are dropped, and counted.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxOutput { get; set; } = 100_000;

    protected override void EndProcessing()
    {
        BpfTraceRequest request = Request();
        if (!ShouldProcess(request.Script.Title, "Run the script in the background"))
            return;
        try
        {
            BpfTraceRun run = BpfTraceRun.Start(request, MaxOutput, VerboseWriter, StopToken);
            if (StopToken.IsCancellationRequested)
            {
                run.Dispose(); // nobody would get to know of it
                return;
            }
            BpfTraceRuns.Add(run);
            foreach (ScriptDiagnostic warning in run.Warnings)
                WriteWarning(warning.ToString());
            WriteObject(run);
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything was attached: nothing of it is left.
        }
        catch (Exception e) when (IsProblem(e))
        {
            ThrowProblem(e, request.Script.Name);
        }
    }
}
