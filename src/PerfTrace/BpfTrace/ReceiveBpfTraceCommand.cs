using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>Receive-BpfTrace: what scripts in the background have given since the last time; they run on.</summary>
[Cmdlet(VerbsCommunications.Receive, "BpfTrace", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(BpfTracePrint), typeof(BpfTraceMapEntry))]
public sealed class ReceiveBpfTraceCommand : BpfTraceRunCommand
{
    /// <summary>It can be received again.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>Go on until the script ends.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void BeginProcessing()
    {
        if (Keep && Wait)
            ThrowUsage("ContradictoryParameters", "-Keep and -Wait exclude each other: what is kept would come again and again.");
    }

    protected override void ProcessRecord()
    {
        foreach (BpfTraceRun run in Selected())
        {
            var writer = new BpfTraceWriter(this, AsText);
            bool hasEnded;
            do
            {
                if (Wait && !run.WaitForOutput(StopToken))
                    return;
                // Before the taking: what an end gives is there when it is seen.
                hasEnded = run.State != BpfTraceRunState.Running;
                if (Keep)
                    WriteKept(run, writer);
                else
                    WriteOutput(run, writer);
            }
            while (Wait && !hasEnded);
            writer.End();
            if (hasEnded)
                WriteEnd(run, writer);
        }
    }
}
