namespace PerfTrace.Tracing;

/// <summary>An entry of tracing/error_log (Documentation/trace/ftrace.rst).</summary>
/// <param name="Time">When, by the kernel's local clock (since the boot).</param>
/// <param name="Location">Which parser complains: <c>event filter parse error</c>, <c>hist:sched:sched_switch</c>, <c>trace_kprobe</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Command">The command as the kernel has it, often without what is of no matter to that parser.</param>
/// <param name="Position">Where in the command it is wrong, in characters from 0.</param>
public sealed record TraceErrorEntry(TimeSpan Time, string Location, string Message, string Command, int Position);
