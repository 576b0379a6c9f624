using System.Diagnostics;
using PerfTrace.Interop;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>A tool at work: its program is in the kernel until this is disposed of. For one thread, but for the token that ends it.</summary>
public abstract class BpfToolSession : IDisposable
{
    // The kernel wakes the reader; this is how long it sleeps at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1), WaitingPeriod = TimeSpan.FromMilliseconds(500);

    private readonly Queue<object> _ready = [];
    private readonly Epoll _epoll = new();
    private readonly EventSignal _signal = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _stop;
    private readonly long[] _tokens = new long[2];
    private readonly BpfLossCounter _lost;
    private long _startedAt;
    private volatile bool _isOver;
    private bool _hasEnded;

    private protected BpfToolSession(BpfTool tool, BpfToolOptions options, BpfObject program, CancellationToken stop)
    {
        Tool = tool;
        Options = options;
        Object = program;
        _stop = stop;
        _lost = new BpfLossCounter(program.Map("lost"));
        _epoll.Add(_signal.Descriptor, 0);
        _registration = stop.Register(_signal.Set);
    }

    /// <summary>The tool.</summary>
    public BpfTool Tool { get; }

    /// <summary>What had no room so far: in the ring buffer, or in a map of the program's.</summary>
    public long Lost => _lost.Count;

    /// <summary>How long it has been at work.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    private protected BpfToolOptions Options { get; }

    private protected BpfObject Object { get; }

    /// <summary>Puts a tool to work.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="options">What it is to watch.</param>
    /// <param name="symbols">Names for the addresses of call stacks.</param>
    /// <param name="log">Takes libbpf's messages.</param>
    /// <param name="stop">Ends it; what has been seen still comes.</param>
    /// <exception cref="BpfToolUnavailableException">This machine does not have what it needs.</exception>
    /// <exception cref="BpfVerifierException">The kernel's verifier rejects its program.</exception>
    /// <exception cref="BpfObjectException">Its program does not fit this kernel.</exception>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such control group or disk.</exception>
    public static BpfToolSession Start(BpfTool tool, BpfToolOptions options, SymbolStore symbols, Action<BpfLogMessage>? log = null, CancellationToken stop = default)
    {
        BpfObject program = ToolLoader.Load(tool, options, log);
        BpfToolSession? session = null;
        try
        {
            session = tool.Name switch
            {
                "execsnoop" => new EventToolSession(tool, options, program, ToolEvents.Exec, stop),
                "exitsnoop" => new EventToolSession(tool, options, program, ToolEvents.Exit, stop),
                "opensnoop" => new EventToolSession(tool, options, program, ToolEvents.Open, stop),
                "tcplife" => new EventToolSession(tool, options, program, ToolEvents.Tcp, stop),
                "biosnoop" => new EventToolSession(tool, options, program, ToolEvents.Block, stop),
                "biolatency" or "runqlat" => new HistogramToolSession(tool, options, program, stop),
                _ => new StackToolSession(tool, options, program, symbols, stop),
            };
            session.Attach();
            session._startedAt = Stopwatch.GetTimestamp();
            return session;
        }
        catch
        {
            session?.Dispose();
            program.Dispose();
            throw;
        }
    }

    /// <summary>Called when it has been stopped, before what is left is put together, which may take a while; may throw.</summary>
    public Action? Stopped { get; set; }

    /// <summary>Called on the reading thread twice a second while nothing comes.</summary>
    public Action? Waiting { get; set; }

    /// <summary>Ends it as its duration would: what it has counted still comes. From any thread.</summary>
    public void End()
    {
        _isOver = true;
        _signal.Set();
    }

    /// <summary>Puts the next things that it tells into <paramref name="batch"/>, waiting for the first. Returns how many; 0 when it has ended.</summary>
    public int Fill(Span<object> batch)
    {
        while (_ready.Count == 0)
        {
            if (TakeCollected(_ready))
                break;
            if (_hasEnded)
                return 0;
            TimeSpan? left = Options.Duration - Elapsed;
            if (_stop.IsCancellationRequested || _isOver || left <= TimeSpan.Zero)
            {
                _hasEnded = true;
                if (_stop.IsCancellationRequested)
                    Stopped?.Invoke();
                // Whoever stops it is in a hurry: see DisposeLater.
                if (!_stop.IsCancellationRequested)
                    Detach();
                Collect(_ready, isLast: true);
                continue;
            }
            Collect(_ready, isLast: false);
            if (_ready.Count > 0)
                break;
            TimeSpan wait = Min(NextWait, left is { } time ? Min(time, LongestWait) : LongestWait);
            _epoll.Wait(_tokens, Waiting is null ? wait : Min(wait, WaitingPeriod));
            Waiting?.Invoke();
        }
        int count = Math.Min(batch.Length, _ready.Count);
        for (int i = 0; i < count; i++)
            batch[i] = _ready.Dequeue();
        return count;
    }

    /// <summary>
    /// Disposes of it on a thread of its own: taking a program off a tracepoint that perf has open waits for the kernel's other CPUs (perf_trace_event_unreg in
    /// kernel/trace/trace_event_perf.c), half a second for the eight of opensnoop. Nothing more is told meanwhile.
    /// </summary>
    public void DisposeLater() => new Thread(Dispose) { Name = $"{Tool.Name} ends" }.Start();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _registration.Dispose();
        _epoll.Dispose();
        _signal.Dispose();
        _lost.Dispose();
        Object.Dispose();
    }

    /// <summary>How long at most until there may be something to collect.</summary>
    private protected virtual TimeSpan NextWait => LongestWait;

    /// <summary>Puts what there is into a queue, some hundreds at a time.</summary>
    private protected abstract void Collect(Queue<object> ready, bool isLast);

    /// <summary>Moves what was collected before and takes long to make into a queue, a few at a time; false when there is none.</summary>
    private protected virtual bool TakeCollected(Queue<object> ready) => false;

    private protected virtual void Attach() => Object.AttachAll();

    /// <summary>Ends what the program sees; what it has seen stays.</summary>
    private protected virtual void Detach()
    {
        foreach (BpfLink link in Object.Links)
            link.Dispose();
    }

    private protected void WakeFor(FileDescriptor descriptor) => _epoll.Add(descriptor, 1);

    private protected static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
