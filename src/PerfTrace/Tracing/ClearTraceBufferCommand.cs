using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Clear-TraceBuffer: forgets what is recorded in an instance.</summary>
[Cmdlet(VerbsCommon.Clear, "TraceBuffer", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ClearTraceBufferCommand : TraceInstanceCommand
{
    /// <summary>The buffers of these CPUs; all if nothing is said.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    protected override void ProcessRecord()
    {
        if (FindDirectory() is not { } directory || !ShouldProcess(directory.Description, "Clear the trace buffer"))
            return;
        if (Cpu is null)
        {
            Try(Instance, () => TraceBuffers.Clear(directory));
            return;
        }
        Try(Instance, () =>
        {
            foreach (int cpu in TraceCpuSelection.Find(directory, Cpu, WriteError) ?? [])
                Try(cpu, () => TraceBuffers.Clear(directory, cpu));
        });
    }
}
