namespace PerfTrace.Perf;

/// <summary>What was given as a baseline holds no counters.</summary>
public sealed class CounterBaselineException : Exception
{
    public CounterBaselineException(string message)
        : base(message)
    {
    }

    public CounterBaselineException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
