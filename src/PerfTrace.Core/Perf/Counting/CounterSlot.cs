namespace PerfTrace.Perf;

/// <summary>One place that every event is opened at: the pid and cpu arguments of perf_event_open(2), and which result it adds to.</summary>
/// <param name="Pid">A thread; -1 for all; a control group's descriptor with <paramref name="IsCGroup"/>.</param>
/// <param name="Cpu">A CPU; -1 for any.</param>
/// <param name="IsCGroup"><paramref name="Pid"/> is a descriptor (PERF_FLAG_PID_CGROUP).</param>
/// <param name="Row">The result's index.</param>
internal readonly record struct CounterSlot(int Pid, int Cpu, bool IsCGroup, int Row);

/// <summary>Whom a row of results is about.</summary>
internal sealed record CounterRow(
    int? ProcessId = null, int? ThreadId = null, string? CommandName = null, int? Cpu = null, int? Core = null, int? Socket = null, string? CGroup = null);
