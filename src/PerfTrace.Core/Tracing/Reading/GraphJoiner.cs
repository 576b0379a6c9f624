using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>Joins the entries and exits of functions, thread by thread.</summary>
/// <param name="inCallOrder">
/// Calls come in the order in which they were called, once the outermost has returned; or else each as soon as it has returned.
/// </param>
internal sealed class GraphJoiner(bool inCallOrder = false)
{
    private readonly Dictionary<int, Thread> _threads = [];

    /// <summary>What a thread is in.</summary>
    private sealed class Thread
    {
        public Stack<Open> Open { get; } = new();

        /// <summary>The calls since the outermost began, with those that are open.</summary>
        public List<(Open? Open, TraceRecord? Done)> Calls { get; } = [];
    }

    /// <summary>A call whose return has not come.</summary>
    private sealed class Open(EventEnvelope envelope, FunctionName function, FunctionName caller, int depth, IReadOnlyList<ulong>? arguments)
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
                DurationNanoseconds = duration, ReturnValue = returned, IsLeaf = HasCalls ? false : isLeafKnown ? true : null, Arguments = arguments,
            };
        }
    }

    /// <summary>A function was entered. What can not be open any more is given out.</summary>
    /// <param name="envelope">The record's.</param>
    /// <param name="function">Which.</param>
    /// <param name="caller">From where; empty when not known.</param>
    /// <param name="depth">How deep.</param>
    /// <param name="arguments">With what; null when not known.</param>
    /// <param name="output">Gets calls whose returns were lost.</param>
    public void Enter(in EventEnvelope envelope, FunctionName function, FunctionName caller, int depth, IReadOnlyList<ulong>? arguments, Action<TraceRecord> output)
    {
        Thread thread = ThreadOf(envelope);
        Abandon(thread, depth - 1, output);
        if (thread.Open.TryPeek(out Open? parent))
            parent.HasCalls = true;
        var open = new Open(envelope, function, caller, depth, arguments);
        thread.Open.Push(open);
        if (inCallOrder)
            thread.Calls.Add((open, null));
    }

    /// <summary>A function has returned.</summary>
    /// <param name="envelope">The record's; its time is that of the return.</param>
    /// <param name="function">Which; empty: that which is open.</param>
    /// <param name="depth">How deep.</param>
    /// <param name="calledAt">When it was called; null: its entry tells.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="returned">What it returned.</param>
    /// <param name="output">Gets the call.</param>
    public void Return(in EventEnvelope envelope, FunctionName function, int depth, ulong? calledAt, ulong? duration, ulong? returned, Action<TraceRecord> output)
    {
        Thread thread = ThreadOf(envelope);
        Abandon(thread, depth, output);
        if (thread.Open.TryPeek(out Open? entry) && entry.Depth == depth && (function.IsEmpty || entry.Function == function))
        {
            thread.Open.Pop();
            Give(thread, entry, entry.Finish(duration ?? (calledAt is null && !inCallOrder ? envelope.Timestamp - entry.Envelope.Timestamp : null), returned, true), output);
            return;
        }
        // Its entry was before the trace began, or is lost.
        EventEnvelope at = envelope with { Timestamp = calledAt ?? EventEnvelope.UnknownTime };
        if (thread.Open.TryPeek(out Open? parent) && parent.Depth < depth)
            parent.HasCalls = true;
        Give(thread, null, new FunctionGraphEntry(in at, function, default, depth) { DurationNanoseconds = duration, ReturnValue = returned }, output);
    }

    /// <summary>A call that is told of as a whole: it called nothing.</summary>
    public void Call(in EventEnvelope envelope, FunctionName function, int depth, ulong? duration, ulong? returned, Action<TraceRecord> output)
    {
        Thread thread = ThreadOf(envelope);
        Abandon(thread, depth - 1, output);
        if (thread.Open.TryPeek(out Open? parent))
            parent.HasCalls = true;
        Give(thread, null, new FunctionGraphEntry(in envelope, function, default, depth) { DurationNanoseconds = duration, ReturnValue = returned, IsLeaf = true }, output);
    }

    /// <summary>The trace has ended: what is open stays without a return.</summary>
    public void Finish(Action<TraceRecord> output)
    {
        foreach (Thread thread in _threads.Values)
            Abandon(thread, -1, output);
        _threads.Clear();
    }

    // What is deeper can not be open any more: its return was lost, or has not come when the trace ended.
    private void Abandon(Thread thread, int depth, Action<TraceRecord> output)
    {
        var lost = new List<Open>();
        while (thread.Open.TryPeek(out Open? top) && top.Depth > depth)
            lost.Add(thread.Open.Pop());
        for (int i = lost.Count - 1; i >= 0; i--)
            Give(thread, lost[i], lost[i].Finish(null, null, false), output);
    }

    private void Give(Thread thread, Open? open, TraceRecord done, Action<TraceRecord> output)
    {
        if (!inCallOrder)
        {
            output(done);
            return;
        }
        int at = open is null ? -1 : thread.Calls.FindLastIndex(c => ReferenceEquals(c.Open, open));
        if (at < 0)
            thread.Calls.Add((null, done));
        else
            thread.Calls[at] = (null, done);
        if (thread.Open.Count > 0 || thread.Calls.Exists(static c => c.Done is null))
            return;
        foreach ((_, TraceRecord? call) in thread.Calls)
            output(call!);
        thread.Calls.Clear();
    }

    // The idle tasks all have the number 0, and a text may tell the CPU alone.
    private Thread ThreadOf(in EventEnvelope envelope)
    {
        int key = envelope.ThreadId > 0 ? envelope.ThreadId : -2 - envelope.Cpu;
        if (!_threads.TryGetValue(key, out Thread? thread))
            _threads.Add(key, thread = new Thread());
        return thread;
    }
}
