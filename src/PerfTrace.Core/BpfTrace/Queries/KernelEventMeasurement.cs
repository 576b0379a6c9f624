using System.ComponentModel;

namespace PerfTrace.BpfTrace;

/// <summary>What was added up of the events of one group. The class of each query derives from this one and has a property for each value that it groups by.</summary>
public abstract class KernelEventMeasurement
{
    private readonly object?[] _keys;

    [EditorBrowsable(EditorBrowsableState.Never)]
    protected KernelEventMeasurement(object?[] keys) => _keys = keys;

    /// <summary>The event: <c>system:name</c>; of a latency the one that begins it.</summary>
    public string Event { get; internal set; } = "";

    /// <summary>When the interval began; null where there is one result for the whole time.</summary>
    public DateTimeOffset? Time { get; internal set; }

    /// <summary>The values that make the group, as text; empty where there are none.</summary>
    public string Group => string.Join(", ", _keys.Select(static k => $"{k}"));

    /// <summary>How many events; null where it was not asked for and is not known.</summary>
    public long? Count { get; internal set; }

    /// <summary>A long; a ulong where it is larger. Null: not asked for.</summary>
    public object? Sum { get; internal set; }

    /// <summary>As <see cref="Sum"/>; null also where there was no event.</summary>
    public object? Minimum { get; internal set; }

    /// <summary>As <see cref="Minimum"/>.</summary>
    public object? Maximum { get; internal set; }

    /// <summary>Null: not asked for, or of no event.</summary>
    public double? Average { get; internal set; }

    /// <summary>From the first bucket to the last that something was counted in; null: not asked for.</summary>
    public BpfTraceBucket[]? Histogram { get; internal set; }

    /// <summary>The value that the group has; null: there is none with this number.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected object? ValueAt(int index) => _keys[index];

    /// <summary>A line with all that there is, and the histogram's rows below.</summary>
    public override string ToString() => MeasurementText.Of(this);
}
