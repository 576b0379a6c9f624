namespace PerfTrace.Events;

/// <summary>Something that was recorded: where and when, in whose name, and what the kernel says of it.</summary>
public abstract class TraceRecord
{
    private readonly EventOrigin _origin;
    private readonly string? _commandName;
    private readonly EventStack? _stack;
    private readonly ulong _timestamp;
    private readonly int _processId;
    private readonly int _threadId;
    private readonly int _cpu;

    private protected TraceRecord(ref readonly EventEnvelope envelope)
    {
        _origin = envelope.Origin;
        _commandName = envelope.CommandName;
        _stack = envelope.Stack;
        _timestamp = envelope.Timestamp;
        _processId = envelope.ProcessId;
        _threadId = envelope.ThreadId;
        _cpu = envelope.Cpu;
    }

    /// <summary>When it happened, on the stream's clock, for most since the machine started; null where that counts something else than time, or is not told.</summary>
    public TimeSpan? Timestamp => _origin.IsCounter || _timestamp == EventEnvelope.UnknownTime ? null : TimeSpan.FromTicks((long)(_timestamp / 100));

    /// <summary>When it happened, by the time of day; null where the clock can not tell.</summary>
    public DateTimeOffset? Time =>
        _origin.WallClockOffset is { } offset && _timestamp != EventEnvelope.UnknownTime
            ? DateTimeOffset.UnixEpoch.AddTicks(((long)_timestamp + offset) / 100).ToLocalTime()
            : null;

    /// <summary>The CPU that it happened on; null where that is not told.</summary>
    public int? Cpu => _cpu < 0 ? null : _cpu;

    /// <summary>The process that ran then; null when only the thread is known.</summary>
    public int? ProcessId => _processId < 0 ? null : _processId;

    /// <summary>The thread that ran then, 0 for a CPU's idle task; null where that is not told.</summary>
    public int? ThreadId => _threadId < 0 ? null : _threadId;

    /// <summary>The name of the thread (comm).</summary>
    public string? CommandName => _commandName;

    /// <summary>What kind of record it is, as system:name: <c>sched:sched_switch</c>.</summary>
    public abstract string EventName { get; }

    /// <summary>What the kernel's own <c>trace</c> file prints for it, behind the event's name.</summary>
    public abstract string Message { get; }

    /// <summary>The call stack, innermost frame first; null unless it was asked for.</summary>
    public EventStack? CallStack => _stack;

    /// <summary>The time in full resolution: nanoseconds of the stream's clock, or what that counts (the clocks counter, uptime, x86-tsc).</summary>
    public ulong TimestampNanoseconds => _timestamp == EventEnvelope.UnknownTime ? 0 : _timestamp;

    internal EventOrigin Origin => _origin;

    public override string ToString() => $"{EventName}: {Message}";
}
