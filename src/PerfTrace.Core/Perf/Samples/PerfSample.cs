using PerfTrace.Events;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>What the kernel noted at one occurrence of a sampled event (PERF_RECORD_SAMPLE of perf_event_open(2)). What was not recorded is null.</summary>
public class PerfSample
{
    /// <summary>The event: <c>cpu-clock</c>, <c>sched:sched_switch</c>.</summary>
    public required string EventName { get; init; }

    /// <summary>When it happened, on the recording's clock, for most since the machine started.</summary>
    public TimeSpan? Timestamp => TimestampNanoseconds is { } time ? TimeSpan.FromTicks((long)(time / 100)) : null;

    /// <summary>When it happened, by the time of day; null where the recording does not relate its clock to it.</summary>
    public DateTimeOffset? Time => TimestampNanoseconds is { } time && WallClockOffset is { } offset
        ? DateTimeOffset.UnixEpoch.AddTicks(((long)time + offset) / 100).ToLocalTime()
        : null;

    /// <summary>The CPU that it happened on.</summary>
    public int? Cpu { get; init; }

    /// <summary>The process that ran then.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The thread that ran then, 0 for a CPU's idle task.</summary>
    public int? ThreadId { get; init; }

    /// <summary>The name of the thread (comm).</summary>
    public string? CommandName { get; init; }

    /// <summary>How many occurrences this sample stands for.</summary>
    public long Period { get; init; } = 1;

    /// <summary>The function that ran; null when no symbol is known there.</summary>
    public string? Symbol => Frame?.Symbol;

    /// <summary>The program, library or kernel that the function is of.</summary>
    public string? Module => Frame?.Module;

    /// <summary>The address of the instruction.</summary>
    public ulong? InstructionPointer { get; init; }

    /// <summary>The instruction with what is known of it.</summary>
    public StackFrame? Frame { get; init; }

    /// <summary>How it came there, innermost first: the kernel's part, then the program's. The first is where the sample was taken.</summary>
    public IReadOnlyList<StackFrame>? CallStack { get; init; }

    /// <summary>The event of the tracepoint or probe, with its fields as properties.</summary>
    public TraceEvent? TraceEvent { get; init; }

    /// <summary>The address of the data that was accessed, or what else the event puts there (PERF_SAMPLE_ADDR).</summary>
    public ulong? Address { get; init; }

    /// <summary>The time in full resolution: nanoseconds of the recording's clock.</summary>
    public ulong? TimestampNanoseconds { get; init; }

    /// <summary>Nanoseconds to add to the recording's clock for nanoseconds since 1970.</summary>
    internal long? WallClockOffset { get; init; }

    public override string ToString() => $"{EventName} {CommandName} {ThreadId} {Frame}";
}
