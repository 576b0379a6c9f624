using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Where a command works: an instance, the top level, or the session's own instance, which is made only when something is to be changed in it.</summary>
internal sealed class TraceTarget
{
    private readonly Action<string>? _verbose;
    private readonly TracingDirectory? _directory;

    private TraceTarget(TracingDirectory? directory, TracingDirectory lookUp, Action<string>? verbose)
    {
        _directory = directory;
        LookUp = lookUp;
        _verbose = verbose;
    }

    /// <summary>Where names of events are looked up: they are the same in all instances.</summary>
    public TracingDirectory LookUp { get; }

    public string Description => _directory?.Description ?? "the session's own instance";

    public static TraceTarget Of(TracingDirectory directory) => new(directory, directory, null);

    public static TraceTarget OfSession(Action<string> verbose)
    {
        TracingDirectory? there = TraceSession.Current.FindSessionInstance(SystemPaths.Default);
        return new TraceTarget(there, there ?? TracingDirectory.Open(SystemPaths.Default, null, verbose), verbose);
    }

    /// <summary>The directory; the session's instance is made now if need be.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">It can not be made.</exception>
    public TracingDirectory Open() => _directory ?? TraceSession.Current.SessionInstance(SystemPaths.Default, _verbose);

    /// <summary>The directory, which must be there.</summary>
    /// <exception cref="NoSessionInstanceException">It is the session's instance and not there yet.</exception>
    public TracingDirectory Require() => _directory ?? throw new NoSessionInstanceException();
}
