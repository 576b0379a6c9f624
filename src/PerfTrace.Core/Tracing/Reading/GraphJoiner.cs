using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>Joins the entries and exits of functions, thread by thread.</summary>
internal sealed class GraphJoiner
{
    private readonly Dictionary<int, Stack<Open>> _threads = [];

    /// <summary>A call whose return has not come.</summary>
    private sealed class Open(EventEnvelope envelope, FunctionName function, FunctionName caller, int depth)
    {
        public EventEnvelope Envelope { get; } = envelope;

        public FunctionName Function { get; } = function;

        public FunctionName Caller { get; } = caller;

        public int Depth { get; } = depth;

        public bool HasCalls { get; set; }

        public FunctionGraphEntry Finish(ulong? duration, ulong? returned, bool isLeafKnown)
        {
            EventEnvelope envelope = Envelope;
            return new FunctionGraphEntry(in envelope, Function, Caller, Depth)
            {
                DurationNanoseconds = duration, ReturnValue = returned, IsLeaf = HasCalls ? false : isLeafKnown ? true : null,
            };
        }
    }

    /// <summary>A function was entered. What can not be open any more is given out.</summary>
    /// <param name="envelope">The record's.</param>
    /// <param name="function">Which.</param>
    /// <param name="caller">From where; empty when not known.</param>
    /// <param name="depth">How deep.</param>
    /// <param name="output">Gets calls whose returns were lost.</param>
    public void Enter(in EventEnvelope envelope, FunctionName function, FunctionName caller, int depth, Action<TraceRecord> output)
    {
        Stack<Open> open = ThreadOf(envelope);
        while (open.TryPeek(out Open? top) && top.Depth >= depth)
            output(open.Pop().Finish(null, null, false));
        if (open.TryPeek(out Open? parent))
            parent.HasCalls = true;
        open.Push(new Open(envelope, function, caller, depth));
    }

    /// <summary>A function has returned.</summary>
    /// <param name="envelope">The record's; its time is that of the return.</param>
    /// <param name="function">Which.</param>
    /// <param name="depth">How deep.</param>
    /// <param name="calledAt">When it was called; null: its entry tells.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="returned">What it returned.</param>
    /// <param name="output">Gets the call.</param>
    public void Return(in EventEnvelope envelope, FunctionName function, int depth, ulong? calledAt, ulong? duration, ulong? returned, Action<TraceRecord> output)
    {
        Stack<Open> open = ThreadOf(envelope);
        while (open.TryPeek(out Open? top) && top.Depth > depth)
            output(open.Pop().Finish(null, null, false));
        if (open.TryPeek(out Open? entry) && entry.Depth == depth && (function.IsEmpty || entry.Function == function))
        {
            output(open.Pop().Finish(duration, returned, true));
            return;
        }
        // Its entry was before the trace began, or is lost.
        EventEnvelope at = envelope with { Timestamp = calledAt ?? EventEnvelope.UnknownTime };
        if (open.TryPeek(out Open? parent) && parent.Depth < depth)
            parent.HasCalls = true;
        output(new FunctionGraphEntry(in at, function, default, depth) { DurationNanoseconds = duration, ReturnValue = returned });
    }

    /// <summary>The trace has ended: what is open stays without a return.</summary>
    public IEnumerable<TraceRecord> Finish()
    {
        List<Open> left = [.. _threads.Values.SelectMany(static s => s)];
        _threads.Clear();
        left.Sort(static (a, b) => a.Envelope.Timestamp.CompareTo(b.Envelope.Timestamp));
        return left.Select(static o => o.Finish(null, null, false));
    }

    // The idle tasks all have the number 0.
    private Stack<Open> ThreadOf(in EventEnvelope envelope)
    {
        int key = envelope.ThreadId > 0 ? envelope.ThreadId : -2 - envelope.Cpu;
        if (!_threads.TryGetValue(key, out Stack<Open>? open))
            _threads.Add(key, open = new Stack<Open>());
        return open;
    }
}
