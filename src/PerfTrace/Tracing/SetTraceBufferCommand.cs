using System.Globalization;
using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Set-TraceBuffer: size, clock, what happens when it is full, and whether it records.</summary>
[Cmdlet(VerbsCommon.Set, "TraceBuffer", SupportsShouldProcess = true)]
[OutputType(typeof(TraceInstance))]
public sealed class SetTraceBufferCommand : TraceInstanceCommand
{
    /// <summary>The size of each CPU's buffer in bytes; a text has a unit (64KB, 16MB).</summary>
    [Parameter]
    [SizeTransformation]
    public long? Size { get; set; }

    /// <summary>Sets the size of these CPUs' buffers alone.</summary>
    [Parameter]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    /// <summary>The clock of timestamps.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TraceClockCompleter))]
    public string? Clock { get; set; }

    /// <summary>A full buffer loses its oldest events; Off: the newest.</summary>
    [Parameter]
    public OnOff? Overwrite { get; set; }

    /// <summary>Events are recorded.</summary>
    [Parameter]
    public OnOff? Tracing { get; set; }

    /// <summary>What is changed outside the session's own instances stays when the session ends.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Writes the instance.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing()
    {
        if (Size is null && Clock is null && Overwrite is null && Tracing is null)
            ThrowUsage("NothingToSet", "Say what to set: -Size, -Clock, -Overwrite or -Tracing.");
        if (Cpu is not null && Size is null)
            ThrowUsage("CpuWithoutSize", "-Cpu is for -Size: the other settings are those of all CPUs.");
    }

    protected override void ProcessRecord()
    {
        if (FindTarget() is not { } target || !ShouldProcess(target.Description, Describe()))
            return;
        Try(Instance, () =>
        {
            TracingDirectory directory = target.Open();
            if (Clock is not null)
                TraceBuffers.SetClock(directory, Clock, Persistent);
            if (Size is { } size)
            {
                if (Cpu is null)
                    TraceBuffers.SetSize(directory, size, null, Persistent);
                foreach (int cpu in TraceCpuSelection.Find(directory, Cpu, WriteError) ?? [])
                    TraceBuffers.SetSize(directory, size, cpu, Persistent);
            }
            if (Overwrite is { } overwrite)
                TraceBuffers.SetOverwrite(directory, overwrite == OnOff.On, Persistent);
            if (Tracing is { } tracing)
                TraceBuffers.SetTracing(directory, tracing == OnOff.On, Persistent);
            if (PassThru)
                WriteObject(TraceInstances.Of(directory));
        });
    }

    private string Describe()
    {
        var parts = new List<string>();
        if (Size is { } size)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"the size of each CPU's buffer to {size} bytes"));
        if (Clock is not null)
            parts.Add($"the clock to {Clock}");
        if (Overwrite is { } overwrite)
            parts.Add($"overwriting {overwrite}");
        if (Tracing is { } tracing)
            parts.Add($"recording {tracing}");
        return $"Set {string.Join(", ", parts)}";
    }
}
