using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Stop-BpfTrace: ends scripts in the background, and gives what was not received of them, their maps last.</summary>
[Cmdlet(VerbsLifecycle.Stop, "BpfTrace", DefaultParameterSetName = ObjectSet, SupportsShouldProcess = true)]
[OutputType(typeof(BpfTracePrint), typeof(BpfTraceMapEntry))]
public sealed class StopBpfTraceCommand : BpfTraceRunCommand
{
    protected override void ProcessRecord()
    {
        BpfTraceRun[] runs = [.. Selected().Where(r => ShouldProcess($"script {r.Id} ({r.Title})", "End the script"))];
        foreach (BpfTraceRun run in runs)
            run.RequestStop();
        foreach (BpfTraceRun run in runs)
        {
            // A stop of the pipeline does not keep it from ending, and leaves what it gives to Receive-BpfTrace.
            if (!run.WaitForEnd(StopToken))
                return;
            var writer = new BpfTraceWriter(this, AsText);
            WriteOutput(run, writer);
            writer.End();
            WriteEnd(run, writer);
        }
    }
}
