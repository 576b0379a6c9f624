using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Makes and removes instances: directories below tracing/instances (Documentation/trace/ftrace.rst).</summary>
public static class TraceInstances
{
    /// <summary>All instances, sorted by name.</summary>
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    public static IReadOnlyList<TraceInstance> List(SystemPaths paths, Action<string>? verbose = null)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        var instances = new List<TraceInstance>();
        foreach (string name in top.DirectoryNames("instances"))
        {
            // Made by hand, a name may have a space in it; and one may be removed while they are listed.
            if (top.TryOpenInstance(name) is { } directory)
                instances.Add(new TraceInstance(directory));
        }
        return instances;
    }

    /// <summary>An instance, or the top level, as an object.</summary>
    public static TraceInstance Of(TracingDirectory directory) => new(directory);

    /// <summary>Makes an instance: of this session's own, or one that stays.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="name">The name; that of the directory begins with the owner's prefix unless it stays.</param>
    /// <param name="persistent">It outlives the session, under just this name.</param>
    /// <param name="verbose">Hears what is done.</param>
    /// <exception cref="KernelException">It is there already, or not permitted, or memory is short.</exception>
    /// <exception cref="TraceNameException">The name is none.</exception>
    public static TraceInstance New(SystemPaths paths, string name, bool persistent, Action<string>? verbose = null)
    {
        TraceName.Check(name, "instance");
        if (persistent)
        {
            if (TraceOwner.TryParse(name, out _, out _))
                throw new TraceNameException(name, "What stays can not have a name that says whose it is: perftrace_PID_START_… is for what goes with its session.");
            Create(paths, name, verbose);
            return new TraceInstance(TracingDirectory.Open(paths, name));
        }
        string full = TraceOwner.Current.NameOf(name);
        Create(paths, full, verbose);
        TraceSession.Current.Own($"instance {full}", () => RemoveIfThere(paths, full));
        return new TraceInstance(TracingDirectory.Open(paths, full));
    }

    /// <summary>Removes an instance with its events, filters, triggers and buffers.</summary>
    /// <exception cref="KernelException">Someone has a file of it open, or its tracer is in use (EBUSY), or it is not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">It is gone.</exception>
    public static void Remove(TraceInstance instance) => Remove(instance.Directory);

    /// <summary>Makes an instance of exactly this name.</summary>
    internal static void Create(SystemPaths paths, string name, Action<string>? verbose = null)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        string path = Path.Combine(top.Path, "instances", TraceName.Check(name, "instance"));
        const uint Mode = 0b111_101_000;
        if (NativeMethods.MakeDirectory(path, Mode) != 0)
        {
            Errno errno = KernelException.LastError;
            // The directories of a new instance are refused as the files of tracefs are; mkdir then fails with EINVAL.
            if (errno == Errno.EINVAL && TraceFileAdvice.IsLockedDown(top))
                throw new KernelAccessException(errno, "mkdir", path, TraceFileAdvice.For(top, Errno.EPERM, "instances"));
            string? advice = errno switch
            {
                Errno.EEXIST => $"There is a trace instance '{TraceOwner.Current.ShortNameOf(name)}' already.",
                Errno.ENOMEM => "There is not enough memory for its buffers.",
                _ => TraceFileAdvice.For(top, errno, "instances"),
            };
            throw KernelException.Create(errno, "mkdir", path, advice);
        }
        verbose?.Invoke($"Made the trace instance {name}.");
    }

    internal static void Remove(TracingDirectory instance)
    {
        string name = instance.Instance ?? throw new ArgumentException("The top level of tracefs is no instance.", nameof(instance));
        TraceHistograms.RemoveAll(instance);
        if (NativeMethods.RemoveDirectory(instance.Path) == 0)
            return;
        Errno errno = KernelException.LastError;
        // A histogram with variables holds its instance, so that rmdir(2) does not take it away as it does all else.
        if (errno == Errno.EBUSY && HistogramTriggers.RemoveAll(instance) && NativeMethods.RemoveDirectory(instance.Path) == 0)
            return;
        throw errno switch
        {
            Errno.ENOENT => TraceInstanceNotFoundException.Gone(name),
            Errno.EBUSY => KernelException.Create(errno, "rmdir", instance.Path,
                "The instance is in use: a file of it is open (trace_pipe, say), or a trigger elsewhere refers to it. End that and try again."),
            _ => KernelException.Create(errno, "rmdir", instance.Path, TraceFileAdvice.For(instance, errno, "instances")),
        };
    }

    /// <summary>Removes an instance; that it is gone already is as good.</summary>
    internal static void RemoveIfThere(SystemPaths paths, string name)
    {
        try
        {
            Remove(TracingDirectory.Open(paths, name));
        }
        catch (TraceInstanceNotFoundException)
        {
            // Removed by hand, or by Remove-TraceInstance.
        }
    }
}
