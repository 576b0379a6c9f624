using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-KernelStackMaximum: the deepest kernel stack that the stack tracer has seen.</summary>
[Cmdlet(VerbsCommon.Get, "KernelStackMaximum", SupportsShouldProcess = true)]
[OutputType(typeof(KernelStackMaximum))]
public sealed class GetKernelStackMaximumCommand : PerfTraceCommand
{
    /// <summary>Starts the stack tracer afresh, for so long; otherwise what it has found so far.</summary>
    [Parameter(Position = 0)]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            if (Duration is not { } duration)
                WriteObject(KernelStackMaximum.Read(SystemPaths.Default));
            else if (ShouldProcess("kernel.stack_tracer_enabled", "Trace the depth of kernel stacks"))
                Measure(duration);
        }
        catch (KernelException e)
        {
            WriteProblem(e, null);
        }
    }

    private void Measure(TimeSpan duration)
    {
        using var progress = new WorkProgress(this, "Tracing the depth of kernel stacks", duration, StopToken);
        WriteObject(KernelStackMaximum.Measure(SystemPaths.Default, duration, StopToken, () => progress.Show()));
    }
}
