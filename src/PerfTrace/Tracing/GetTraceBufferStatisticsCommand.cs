using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-TraceBufferStatistics: what each CPU's buffer holds and has lost.</summary>
[Cmdlet(VerbsCommon.Get, "TraceBufferStatistics")]
[OutputType(typeof(TraceBufferStatistics))]
public sealed class GetTraceBufferStatisticsCommand : TraceInstanceCommand
{
    /// <summary>These CPUs; all if nothing is said.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    protected override void ProcessRecord()
    {
        if (FindDirectory() is not { } directory)
            return;
        Try(Instance, () =>
        {
            foreach (TraceBufferStatistics statistics in TraceBuffers.Statistics(directory))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                if (Cpu is null || Cpu.Contains(statistics.Cpu))
                    WriteObject(statistics);
            }
        });
    }
}
