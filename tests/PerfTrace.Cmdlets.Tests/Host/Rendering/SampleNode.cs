namespace PerfTrace.Tests.Host.Rendering;

public sealed class SampleNode(int depth)
{
    public SampleNode? Next { get; } = depth > 0 ? new SampleNode(depth - 1) : null;
}
