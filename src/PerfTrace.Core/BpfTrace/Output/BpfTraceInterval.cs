namespace PerfTrace.BpfTrace;

/// <summary>An interval of a time series.</summary>
public sealed class BpfTraceInterval
{
    internal BpfTraceInterval(DateTimeOffset start, object? value)
    {
        Start = start;
        Value = value;
    }

    /// <summary>When it began.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The number; null: there was none.</summary>
    public object? Value { get; }

    public override string ToString() => $"{Start:HH:mm:ss.fff} {Value ?? "-"}";
}
