using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What cmdlets share that work in an instance: the session's own, unless <c>-Instance</c> or <c>-TopLevel</c> says another.</summary>
public abstract class TraceInstanceCommand : PerfTraceCommand
{
    /// <summary>The trace instance; null or empty: the session's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TraceInstanceCompleter))]
    public string? Instance { get; set; }

    /// <summary>The machine's top-level buffer instead of an instance.</summary>
    [Parameter]
    public SwitchParameter TopLevel { get; set; }

    /// <summary>What the core throws when the kernel or the user's input stands in the way of one object.</summary>
    internal static bool IsProblem(Exception e) => e is KernelException or TraceNameException or TraceInstanceNotFoundException
        or TracepointNotFoundException or TraceClockException or NoSessionInstanceException or TriggerNotFoundException or KernelFunctionNotFoundException;

    /// <summary>Does something; a problem becomes an error and false.</summary>
    protected bool Try(object? target, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, target);
            return false;
        }
    }

    /// <summary>The place to work in, which need not be there yet; null after an error was written.</summary>
    private protected TraceTarget? FindTarget()
    {
        TraceTarget? target = null;
        Try(Instance, () =>
        {
            if (TopLevel && !string.IsNullOrEmpty(Instance))
                throw new TraceNameException(Instance, "Either an instance or -TopLevel, not both.");
            target = TopLevel ? TraceTarget.Of(TracingDirectory.Open(SystemPaths.Default, null, VerboseWriter))
                : string.IsNullOrEmpty(Instance) ? TraceTarget.OfSession(VerboseWriter)
                : TraceTarget.Of(TracingDirectory.Open(SystemPaths.Default, Instance, VerboseWriter));
        });
        return target;
    }

    /// <summary>The place to read, which must be there; null after an error was written.</summary>
    private protected TracingDirectory? FindDirectory()
    {
        TracingDirectory? directory = null;
        if (FindTarget() is { } target)
            Try(Instance, () => directory = target.Require());
        return directory;
    }
}
