using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>A measurement of one interval of several: it is shown below the interval's time.</summary>
public abstract class KernelEventInterval : KernelEventMeasurement
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected KernelEventInterval(object?[] keys)
        : base(keys)
    {
    }
}
