using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>A measurement of an interval of which nothing but the count was asked for.</summary>
public abstract class KernelEventIntervalCount : KernelEventInterval
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected KernelEventIntervalCount(object?[] keys)
        : base(keys)
    {
    }
}
