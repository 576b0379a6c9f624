using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-TraceInstance: makes sets of trace buffers with settings of their own.</summary>
[Cmdlet(VerbsCommon.New, "TraceInstance", SupportsShouldProcess = true)]
[OutputType(typeof(TraceInstance))]
public sealed class NewTraceInstanceCommand : PerfTraceCommand
{
    /// <summary>Names.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The instance stays when the session ends, and its directory has just this name.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>The size of each CPU's buffer in bytes.</summary>
    [Parameter]
    [SizeTransformation]
    public long? BufferSize { get; set; }

    /// <summary>The clock of its timestamps.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TraceClockCompleter))]
    public string? Clock { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            if (StopToken.IsCancellationRequested)
                return;
            if (ShouldProcess(name, "Make a trace instance"))
                Make(name);
        }
    }

    private void Make(string name)
    {
        TraceInstance? instance = null;
        try
        {
            instance = TraceInstances.New(SystemPaths.Default, name, Persistent, VerboseWriter);
            TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default, instance.Instance);
            // Nothing was recorded yet, and nothing has to be put back in what goes or stays as a whole.
            if (BufferSize is { } size)
                TraceBuffers.SetSize(directory, size, null, persistent: true);
            if (Clock is not null)
                TraceBuffers.SetClock(directory, Clock, persistent: true);
        }
        catch (Exception e) when (TraceInstanceCommand.IsProblem(e))
        {
            // Half made is not made.
            if (instance is not null)
                TraceInstances.Remove(instance);
            WriteProblem(e, name);
            return;
        }
        WriteObject(instance);
    }
}
