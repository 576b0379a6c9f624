using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>
/// Turns samples of <c>sched:sched_switch</c> into samples of the time that threads were blocked: from where a thread left the CPU, with the stack that it left
/// it by, until it is switched to again. A thread that was still runnable (preempted) was not blocked. Samples must come in the order of time.
/// </summary>
public sealed class OffCpuWeights
{
    /// <summary>The event of the samples that come out; their period is nanoseconds.</summary>
    public const string EventName = "offcpu-time";

    private const string SwitchEvent = "sched:sched_switch";

    // TASK_INTERRUPTIBLE and the other states that are reported (include/linux/sched.h, TASK_REPORT): 0 and TASK_REPORT_MAX (0x100, preempted) are runnable.
    private const long BlockedStates = 0xff;

    private readonly EventFieldGetter _previous = new("prev_pid"), _next = new("next_pid"), _state = new("prev_state");
    private readonly Dictionary<int, PerfSample> _blocked = [];
    private long _lost;

    /// <summary>Samples of other events, or without the time or the fields that are needed.</summary>
    public long Ignored { get; private set; }

    /// <summary>Threads that were not seen to run again: since they did not, or since only their own switches were recorded.</summary>
    public long Unfinished => _blocked.Count + _lost;

    /// <summary>Takes a sample; returns the one that it completes, or null.</summary>
    public PerfSample? Add(PerfSample sample)
    {
        // Modifiers (sched:sched_switch:k) make no difference.
        if (!sample.EventName.StartsWith(SwitchEvent, StringComparison.Ordinal) || sample.TimestampNanoseconds is not { } time
            || Number(_previous, sample) is not { } previous || Number(_next, sample) is not { } next || Number(_state, sample) is not { } state)
        {
            Ignored++;
            return null;
        }
        PerfSample? done = null;
        if (next != 0 && _blocked.Remove((int)next, out PerfSample? left) && left.TimestampNanoseconds is { } since && time >= since)
            done = Weigh(left, (long)(time - since));
        if (previous != 0 && (state & BlockedStates) != 0 && !_blocked.TryAdd((int)previous, sample))
        {
            // It left before without having been seen to come back.
            _lost++;
            _blocked[(int)previous] = sample;
        }
        return done;
    }

    private static long? Number(EventFieldGetter field, PerfSample sample) => field.Get(sample.TraceEvent, out _) switch
    {
        int n => n,
        long n => n,
        uint n => n,
        ulong n => (long)n,
        _ => null,
    };

    private static PerfSample Weigh(PerfSample left, long nanoseconds) => new()
    {
        EventName = EventName,
        Period = nanoseconds,
        Cpu = left.Cpu,
        ProcessId = left.ProcessId,
        ThreadId = left.ThreadId,
        CommandName = left.CommandName,
        InstructionPointer = left.InstructionPointer,
        Frame = left.Frame,
        CallStack = left.CallStack,
        TraceEvent = left.TraceEvent,
        TimestampNanoseconds = left.TimestampNanoseconds,
        WallClockOffset = left.WallClockOffset,
    };
}
