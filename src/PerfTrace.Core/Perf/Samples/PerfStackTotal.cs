namespace PerfTrace.Perf;

/// <summary>What the kernel has added up for a thread and a call stack: a sample that stands for many moments, and has no time and no CPU.</summary>
public sealed class PerfStackTotal : PerfSample
{
}
