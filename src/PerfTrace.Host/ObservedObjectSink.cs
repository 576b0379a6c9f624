using PerfTrace.Host.Running;

namespace PerfTrace.Host;

/// <summary>Passes objects on and tells an observer.</summary>
internal sealed class ObservedObjectSink(IObjectSink next, RunObserver observer) : IObjectSink
{
    public void Write(object? value)
    {
        next.Write(value);
        observer.ObjectWritten(value);
    }

    public void Complete() => next.Complete();
}
