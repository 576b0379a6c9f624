using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>A measurement of which nothing but the count was asked for: the columns of the other values are not shown.</summary>
public abstract class KernelEventCount : KernelEventMeasurement
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected KernelEventCount(object?[] keys)
        : base(keys)
    {
    }
}
