namespace PerfTrace.Perf;

/// <summary>What one result stands for.</summary>
public enum CounterAggregation
{
    /// <summary>One result per event and process, command or control group, or for all counted CPUs together.</summary>
    Target,
    Thread,
    Cpu,
    Core,
    Socket,
}
