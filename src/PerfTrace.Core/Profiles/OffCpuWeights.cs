using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>
/// Turns samples of <c>sched:sched_switch</c> into samples of the time that threads were blocked: from where a thread left the CPU, with the stack that it left
/// it by, until it is switched to again. A thread that was still runnable (preempted) was not blocked. Samples must come in the order of time.
/// </summary>
/// <remarks>
/// Some kernels do not give samples for switches from a CPU's idle task. Where a CPU was idle last, and then a thread leaves it, the thread has come in between: until
/// then it counts as blocked, which is too long by what it ran.
/// </remarks>
public sealed class OffCpuWeights
{
    /// <summary>The event of the samples that come out; their period is nanoseconds.</summary>
    public const string EventName = "offcpu-time";

    private const string SwitchEvent = "sched:sched_switch";

    // TASK_INTERRUPTIBLE and the other states that are reported (include/linux/sched.h, TASK_REPORT): 0 and TASK_REPORT_MAX (0x100, preempted) are runnable.
    private const long BlockedStates = 0xff;

    private readonly EventFieldGetter _previous = new("prev_pid"), _next = new("next_pid"), _state = new("prev_state");
    private readonly Dictionary<int, PerfSample> _blocked = [];
    private readonly HashSet<int> _idleCpus = [];
    private long _lost;

    /// <summary>Samples of other events, or without the time or the fields that are needed.</summary>
    public long Ignored { get; private set; }

    /// <summary>Threads that were not seen to run again: since they did not, or since only their own switches were recorded.</summary>
    public long Unfinished => _blocked.Count + _lost;

    /// <summary>Times that end where the thread was seen next, as the switch to it was not recorded.</summary>
    public long Estimated { get; private set; }

    /// <summary>Takes a sample, and gives out those that it completes.</summary>
    public void Add(PerfSample sample, Action<PerfSample> complete)
    {
        // Modifiers (sched:sched_switch:k) make no difference.
        if (!sample.EventName.StartsWith(SwitchEvent, StringComparison.Ordinal) || sample.TimestampNanoseconds is not { } time
            || Number(_previous, sample) is not { } previous || Number(_next, sample) is not { } next || Number(_state, sample) is not { } state)
        {
            Ignored++;
            return;
        }
        bool wasIdle = sample.Cpu is { } cpu && !(next == 0 ? _idleCpus.Add(cpu) : !_idleCpus.Remove(cpu));
        if (previous != 0 && _blocked.Remove((int)previous, out PerfSample? before))
        {
            // It leaves without having been seen to come.
            if (wasIdle)
                Estimated++;
            else
                _lost++;
            if (wasIdle && time >= before.TimestampNanoseconds)
                complete(Weigh(before, (long)(time - before.TimestampNanoseconds.Value)));
        }
        if (next != 0 && _blocked.Remove((int)next, out PerfSample? left) && time >= left.TimestampNanoseconds)
            complete(Weigh(left, (long)(time - left.TimestampNanoseconds.Value)));
        if (previous != 0 && (state & BlockedStates) != 0)
            _blocked[(int)previous] = sample;
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
