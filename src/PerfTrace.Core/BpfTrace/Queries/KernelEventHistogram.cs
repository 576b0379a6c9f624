using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>A measurement with a histogram: it is shown with bars.</summary>
public abstract class KernelEventHistogram : KernelEventMeasurement
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected KernelEventHistogram(object?[] keys)
        : base(keys)
    {
    }
}
