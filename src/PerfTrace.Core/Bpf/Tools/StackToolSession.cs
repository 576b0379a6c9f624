using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>A tool that counts call stacks in the kernel; they come as samples, which the cmdlets for profiles take, at each interval or once at the end.</summary>
internal sealed class StackToolSession : BpfToolSession
{
    // What a process has mapped is read soon after it is first met: it may end at any time.
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    // A software event, which every machine has.
    private const string SampledEvent = "cpu-clock", OffCpuTool = "offcputime";

    // How functions begin that are between a tracepoint and a program: kernel/trace/bpf_trace.c, include/linux/tracepoint.h.
    private static readonly string[] Hooks = ["bpf_prog_", "bpf_dispatcher_", "bpf_trace_run", "__bpf_trace_", "trace_call_bpf", "perf_trace_", "__traceiter_"];

    private readonly BpfMapAccess _counts, _stacks, _met;
    private readonly BpfStackFrames _frames;
    private readonly string _event;
    private readonly byte[] _addresses;
    private IReadOnlyList<BpfLink> _samplers = [];
    private HashSet<ulong> _known = [];
    private readonly Queue<(StackKey Key, StackValue Value)> _collected = new();
    private TimeSpan _next;

    public StackToolSession(BpfTool tool, BpfToolOptions options, BpfObject program, SymbolStore symbols, CancellationToken stop)
        : base(tool, options, program, stop)
    {
        _counts = BpfMapAccess.Open(program.Map("counts"));
        _stacks = BpfMapAccess.Open(program.Map("stacks"));
        _met = BpfMapAccess.Open(program.Map("met"));
        _frames = new BpfStackFrames(symbols, SystemPaths.Default);
        _event = tool.Name == OffCpuTool ? OffCpuWeights.EventName : SampledEvent;
        _addresses = new byte[_stacks.ValueBytes];
        _next = options.Interval ?? TimeSpan.MaxValue;
    }

    private protected override TimeSpan NextWait => Min(LookPeriod, _next == TimeSpan.MaxValue ? LookPeriod : _next - Elapsed);

    /// <summary>struct stack_key of stacks.h.</summary>
    internal struct StackKey
    {
        public ulong UserStack, KernelStack;
        public uint ProcessId, ThreadId;
        public ToolEvents.Command CommandName;
    }

    /// <summary>struct stack_value of stacks.h.</summary>
    internal struct StackValue
    {
        public ulong Total, Count;
    }

    private protected override void Attach()
    {
        if (Tool.Name != "profile")
        {
            base.Attach();
            return;
        }
        foreach (BpfProgram helper in Object.Programs.Where(static p => p.Type == BpfProgramType.RawTracepoint))
            Object.Attach(helper);
        BpfProgram program = Object.Programs.First(static p => p.Type == BpfProgramType.PerfEvent);
        _samplers = BpfLinker.Attach(program, PerfEventHook.Find(SampledEvent, new((ulong)Options.Frequency, IsFrequency: true)));
    }

    private protected override void Detach()
    {
        base.Detach();
        foreach (BpfLink sampler in _samplers)
            sampler.Dispose();
    }

    private protected override void Collect(Queue<object> ready, bool isLast)
    {
        ToolMaps.Drain(_met, (key, _) => _frames.Meet(BitConverter.ToInt32(key.Span)));
        if (!isLast && Elapsed < _next)
            return;
        while (_next <= Elapsed)
            _next += Options.Interval ?? throw new InvalidOperationException("Without an interval there is no next one.");
        _frames.Refresh();
        var found = new List<(StackKey Key, StackValue Value)>();
        var used = new HashSet<ulong>();
        ToolMaps.Drain(_counts, (key, value) => found.Add((MemoryMarshal.Read<StackKey>(key.Span), MemoryMarshal.Read<StackValue>(value.Span))));
        foreach ((StackKey key, StackValue value) in found.OrderByDescending(static f => f.Value.Total))
        {
            _collected.Enqueue((key, value));
            used.UnionWith([key.UserStack, key.KernelStack]);
        }
        // What was not met for a whole interval makes room.
        _known.ExceptWith(used);
        foreach (ulong stack in _known)
            _ = _stacks.TryDelete(BitConverter.GetBytes(stack));
        _known = used;
    }

    // Whoever has enough, or stops, does not wait for the names of all.
    private protected override bool TakeCollected(Queue<object> ready)
    {
        const int some = 16;
        while (ready.Count < some && _collected.TryDequeue(out (StackKey Key, StackValue Value) next))
            ready.Enqueue(Sample(next.Key, next.Value));
        return ready.Count > 0;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        foreach (BpfLink sampler in _samplers)
            sampler.Dispose();
        _counts.Dispose();
        _stacks.Dispose();
        _met.Dispose();
    }

    private PerfStackTotal Sample(in StackKey key, in StackValue value)
    {
        int processId = (int)key.ProcessId;
        StackFrame[] frames = [.. KernelFrames(key.KernelStack, processId), .. Frames(key.UserStack, processId)];
        return new PerfStackTotal
        {
            EventName = _event,
            ProcessId = processId,
            ThreadId = (int)key.ThreadId,
            CommandName = key.ThreadId == 0 ? "swapper" : BpfCalls.Text(key.CommandName),
            Period = (long)value.Total,
            InstructionPointer = frames.Length > 0 ? frames[0].Address : null,
            Frame = frames.Length > 0 ? frames[0] : null,
            CallStack = frames,
        };
    }

    // Of offcputime the first frames are its own program and the tracepoint that called it. A sample of the clock in such a function is what it was interrupted in.
    private StackFrame[] KernelFrames(ulong stack, int processId)
    {
        StackFrame[] frames = Frames(stack, processId);
        if (Tool.Name != OffCpuTool)
            return frames;
        int first = 0;
        while (first < frames.Length && frames[first].Symbol is { } symbol && Hooks.Any(h => symbol.StartsWith(h, StringComparison.Ordinal)))
            first++;
        return frames[first..];
    }

    private StackFrame[] Frames(ulong stack, int processId) =>
        stack != 0 && _stacks.TryLookup(BitConverter.GetBytes(stack), _addresses) == Errno.None ? _frames.Read(_addresses, processId) : [];
}
