namespace PerfTrace.BpfTrace;

/// <summary>A time of day that a script gave a format.</summary>
public sealed class BpfTraceTime
{
    private readonly string _text;

    internal BpfTraceTime(DateTimeOffset time, string text)
    {
        Time = time;
        _text = text;
    }

    /// <summary>The time.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>In the script's format.</summary>
    public override string ToString() => _text;
}
