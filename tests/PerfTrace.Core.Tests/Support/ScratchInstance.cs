using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Support;

/// <summary>An instance of tracefs for one test.</summary>
internal sealed class ScratchInstance : IDisposable
{
    private static int s_count;

    public ScratchInstance()
    {
        Name = TraceOwner.Current.NameOf($"test{Interlocked.Increment(ref s_count)}");
        TraceInstances.Create(SystemPaths.Default, Name);
        Directory = TracingDirectory.Open(SystemPaths.Default, Name);
    }

    public string Name { get; }

    public TracingDirectory Directory { get; }

    public void Dispose() => TraceInstances.RemoveIfThere(SystemPaths.Default, Name);
}
