using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Makes and removes instances: directories below tracing/instances (Documentation/trace/ftrace.rst).</summary>
internal static class TraceInstances
{
    /// <summary>Makes an instance of exactly this name.</summary>
    /// <exception cref="KernelException">It is there already, or not permitted, or memory is short.</exception>
    public static void Create(SystemPaths paths, string name, Action<string>? verbose = null)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        string path = Path.Combine(top.Path, "instances", TraceName.Check(name, "instance"));
        const uint Mode = 0b111_101_000;
        if (NativeMethods.MakeDirectory(path, Mode) != 0)
        {
            Errno errno = KernelException.LastError;
            string? advice = errno == Errno.EEXIST ? $"There is a trace instance '{name}' already." : TraceFileAdvice.For(top, errno, "instances");
            throw KernelException.Create(errno, "mkdir", path, advice);
        }
        verbose?.Invoke($"Made the trace instance {name}.");
    }

    /// <summary>Removes an instance with its events, filters, triggers and buffers.</summary>
    /// <exception cref="KernelException">Someone has a file of it open, or its tracer is in use (EBUSY), or it is not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">It is gone.</exception>
    public static void Remove(TracingDirectory instance)
    {
        string name = instance.Instance ?? throw new ArgumentException("The top of tracefs is no instance.", nameof(instance));
        if (NativeMethods.RemoveDirectory(instance.Path) == 0)
            return;
        Errno errno = KernelException.LastError;
        throw errno switch
        {
            Errno.ENOENT => TraceInstanceNotFoundException.Gone(name),
            Errno.EBUSY => KernelException.Create(errno, "rmdir", instance.Path,
                "The instance is in use: a file of it is open (trace_pipe of a reader), or another's trigger refers to it. End that and try again."),
            _ => KernelException.Create(errno, "rmdir", instance.Path, TraceFileAdvice.For(instance, errno, "instances")),
        };
    }

    /// <summary>Removes an instance; that it is gone already is as good.</summary>
    public static void RemoveIfThere(SystemPaths paths, string name)
    {
        try
        {
            Remove(TracingDirectory.Open(paths, name));
        }
        catch (TraceInstanceNotFoundException)
        {
            // Removed by hand, or by Remove-TraceInstance of another session.
        }
    }
}
