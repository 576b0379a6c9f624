namespace PerfTrace.Perf;

/// <summary>What a read(2) of a counter gives: the raw count, and nanoseconds enabled and running.</summary>
internal readonly record struct CounterReading(ulong Value, ulong Enabled, ulong Running)
{
    public static CounterReading operator +(CounterReading a, CounterReading b) => new(a.Value + b.Value, a.Enabled + b.Enabled, a.Running + b.Running);

    public static CounterReading operator -(CounterReading a, CounterReading b) => new(a.Value - b.Value, a.Enabled - b.Enabled, a.Running - b.Running);

    /// <summary>The event counted at least once for a while.</summary>
    public bool IsCounted => Enabled != 0 && Running != 0;

    /// <summary>The count for the whole time enabled, as perf scales it: <c>count × enabled / running</c>.</summary>
    public ulong Scaled => Running == 0 ? 0 : Running < Enabled ? (ulong)((double)Value * Enabled / Running) : Value;
}
