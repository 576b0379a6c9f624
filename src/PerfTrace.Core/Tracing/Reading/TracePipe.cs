using System.Diagnostics;
using System.Globalization;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// Takes records out of the buffers of an instance or of the top level as they come, and makes objects of them in the order of their times: the
/// binary pages of <c>trace_pipe_raw</c> are read, and <c>trace_pipe</c> is held so that nobody else takes half of them.
/// </summary>
/// <remarks>
/// What is taken is gone from the buffer. The caller's thread reads and decodes; when it is slow, the kernel's buffer overflows, and what is lost there
/// is counted.
/// </remarks>
public sealed class TracePipe : IDisposable
{
    /// <summary>A record may be finished a little after its time was taken: so long others are held back before they are merged.</summary>
    private const ulong MergeDelay = 1_000_000;

    /// <summary>Pages taken from a CPU before the others have their turn: few at first, because what is taken and not given out is lost.</summary>
    private const int FirstTurn = 2, LongestTurn = 64;

    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(20);

    private readonly TracingDirectory _directory;
    private readonly TracePipeOptions _options;
    private readonly CancellationToken _stop;
    private readonly List<FileDescriptor> _held = [];
    private readonly List<CpuPipe> _cpus = [];
    private readonly Dictionary<int, long> _lostBefore = [];
    private readonly Queue<TraceRecord> _ready = new();
    private readonly TraceFormats _formats;
    private readonly TraceTasks _tasks;
    private readonly RecordDecoder _decoder;
    private readonly bool _isCounter;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly long? _endsAt;
    private Dictionary<int, long> _lost = [];
    private long _lostCountedAt = Stopwatch.GetTimestamp();
    private CpuPipe? _next;
    private ulong _nextLimit;
    private ulong _horizon;
    private int _turn = FirstTurn;
    private long _objects, _discarded;
    private TimeSpan? _elapsed;
    private bool _hasRead, _isFlood;
    private bool _isEnding, _isFlushed;

    private TracePipe(TracingDirectory directory, TracePipeOptions options, Action<string>? verbose, CancellationToken stop)
    {
        _directory = directory;
        _options = options;
        _stop = stop;
        try
        {
            IReadOnlyList<int> all = TraceBuffers.Cpus(directory);
            int[] cpus = options.Cpus is null ? [.. all] : [.. all.Intersect(options.Cpus)];
            foreach (string file in options.Cpus is null ? ["trace_pipe"] : cpus.Select(static c => TraceBuffers.ForCpu("trace_pipe", c)))
                _held.Add(directory.OpenRead(file, nonBlocking: true));
            RingPageLayout layout = RingPageLayout.Read(directory);
            var spare = new Stack<byte[]>();
            foreach (int cpu in cpus)
                _cpus.Add(new CpuPipe(directory, cpu, layout, spare));
            foreach (TraceBufferStatistics statistics in Statistics())
                _lostBefore[statistics.Cpu] = statistics.Lost;
            TraceClock clock = TraceClock.Read(directory);
            _isCounter = clock.IsCounter;
            _formats = new TraceFormats(directory);
            _formats.Prepare();
            _tasks = new TraceTasks(directory);
            var origin = new EventOrigin(directory.Instance, clock.WallClockOffset, PrintEnvironment.Current, clock.IsCounter);
            _decoder = new RecordDecoder(_formats, _tasks, origin, options.IsWanted, new TraceStacks(directory.Paths, origin.Environment.Symbols))
            {
                Output = _ready.Enqueue,
                HasKernelStacks = IsOn("options/stacktrace") || IsOn("options/func_stack_trace"),
                HasUserStacks = IsOn("options/userstacktrace"),
            };
            verbose?.Invoke(string.Create(CultureInfo.InvariantCulture,
                $"Reading trace_pipe_raw of {_cpus.Count} CPUs in {directory.Description}, pages of {layout.PageSize} bytes, clock {clock.Name}."));
            if (options.Duration is { } duration)
                _endsAt = _startedAt + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What has come so far; complete once <see cref="Fill"/> has returned its last.</summary>
    public TracePipeSummary Summary => new(
        _directory.Instance, _decoder.Records, _objects, Lost, CpuLoss.Of(_lost), _cpus.Any(static c => c.HasUncountedLoss), _discarded, _decoder.OutOfOrder,
        _decoder.Undecodable + _cpus.Sum(static c => c.Broken), _elapsed ?? Stopwatch.GetElapsedTime(_startedAt));

    /// <summary>Records lost so far, as of the last time when the kernel was asked.</summary>
    public long Lost => _lost.Values.Sum();

    /// <summary>Begins to read.</summary>
    /// <param name="directory">The instance or the top level.</param>
    /// <param name="options">How.</param>
    /// <param name="verbose">Hears of what is read.</param>
    /// <param name="stop">Ends it at once.</param>
    /// <exception cref="TracePipeBusyException">Another reader holds it.</exception>
    /// <exception cref="KernelException">It is not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public static TracePipe Open(TracingDirectory directory, TracePipeOptions options, Action<string>? verbose = null, CancellationToken stop = default)
    {
        try
        {
            return new TracePipe(directory, options, verbose, stop);
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY)
        {
            throw new TracePipeBusyException(directory, e);
        }
    }

    /// <summary>Called on the reading thread from time to time while nothing comes.</summary>
    public Action? Waiting { get; set; }

    /// <summary>Puts the next objects into <paramref name="batch"/>, waiting for the first. Returns how many; 0 when it has ended.</summary>
    /// <exception cref="KernelException">The buffer can not be read any more.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    public int Fill(Span<TraceRecord> batch)
    {
        while (true)
        {
            int count = Take(batch);
            if (count > 0)
            {
                _objects += count;
                return count;
            }
            if (_isEnding)
            {
                if (_isFlushed)
                    return 0;
                _isFlushed = true;
                _decoder.Finish();
                continue;
            }
            if (_stop.IsCancellationRequested)
                Finish();
            else if (Stopwatch.GetTimestamp() >= _endsAt)
                End();
            else
                ReadMore();
        }
    }

    /// <summary>Ends it at once; what has been taken out of the buffer and not been given out is counted.</summary>
    public void Finish()
    {
        if (_isEnding)
            return;
        _isEnding = _isFlushed = true;
        _discarded += _ready.Count;
        _ready.Clear();
        foreach (CpuPipe cpu in _cpus)
        {
            while (cpu.FindNext())
            {
                _discarded++;
                cpu.Skip();
            }
        }
        _elapsed = Stopwatch.GetElapsedTime(_startedAt);
        CountLost();
    }

    public void Dispose()
    {
        foreach (CpuPipe cpu in _cpus)
            cpu.Dispose();
        foreach (FileDescriptor held in _held)
            held.Dispose();
    }

    private int Take(Span<TraceRecord> batch)
    {
        int count = 0;
        while (count < batch.Length)
        {
            if (_ready.TryDequeue(out TraceRecord? record))
                batch[count++] = record;
            else if (!DecodeNext())
                break;
        }
        foreach (CpuPipe cpu in _cpus)
            cpu.Recycle();
        return count;
    }

    // The earliest record of all CPUs, if it is not too young. Of several at one time that of the first CPU, as in the kernel's trace file.
    private bool DecodeNext()
    {
        if (_next is null || !_next.FindNext() || _next.NextTime >= _nextLimit)
            ChooseNext();
        if (_next is null || _next.NextTime > _horizon || (!_isEnding && _decoder.AwaitsStacks(_next)))
            return false;
        _decoder.DecodeNext(_next);
        return true;
    }

    // As long as one CPU's records are the earliest, the others need not be looked at.
    private void ChooseNext()
    {
        _next = null;
        ulong first = ulong.MaxValue, second = ulong.MaxValue;
        foreach (CpuPipe cpu in _cpus)
        {
            ulong time = cpu.FindNext() ? cpu.NextTime : ulong.MaxValue;
            if (time < first)
                (second, first, _next) = (first, time, cpu);
            else if (time < second)
                second = time;
        }
        _nextLimit = second;
    }

    private void ReadMore()
    {
        if (_hasRead && !_isFlood)
            Wait();
        _hasRead = true;
        // Asked before the buffers are read: what they have not got by then is later.
        ulong now = Now();
        if (ReadAll(now))
        {
            if (_formats.Refresh())
                _decoder.Forget();
            _tasks.Refresh();
        }
        if (Stopwatch.GetElapsedTime(_lostCountedAt) > TimeSpan.FromSeconds(1))
            CountLost();
    }

    private void Wait()
    {
        TimeSpan wait = PollPeriod;
        if (_endsAt is { } end && Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end) is var left && left < wait)
            wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        _stop.WaitHandle.WaitOne(wait);
        Waiting?.Invoke();
    }

    private bool IsOn(string option) => _directory.Exists(option) && _directory.ReadText(option) == "1";

    private bool ReadAll(ulong now)
    {
        bool isAny = false;
        _isFlood = false;
        // A counter tells nothing of how young a record is.
        ulong horizon = _isCounter ? ulong.MaxValue - 1 : now - Math.Min(now, MergeDelay);
        foreach (CpuPipe cpu in _cpus)
        {
            ulong lastTime = 0;
            int count = cpu.Read(_turn, ref lastTime);
            isAny |= count > 0;
            if (count < _turn)
                continue;
            // It has more; what others have later must wait.
            _isFlood = true;
            horizon = Math.Min(horizon, lastTime);
        }
        _turn = _isFlood ? Math.Min(2 * _turn, LongestTurn) : FirstTurn;
        _horizon = horizon;
        _next = null;
        return isAny;
    }

    private void End()
    {
        ulong now = Now();
        // What was recorded until now, were it ever so much.
        foreach (CpuPipe cpu in _cpus)
        {
            ulong lastTime = 0;
            while (cpu.Read(LongestTurn, ref lastTime) == LongestTurn && lastTime <= now && !_stop.IsCancellationRequested)
            {
            }
        }
        _horizon = ulong.MaxValue - 1;
        _next = null;
        _isEnding = true;
        _elapsed = Stopwatch.GetElapsedTime(_startedAt);
        _tasks.Refresh();
        CountLost();
    }

    // The buffer's clock is asked where it can be: each instance has its own.
    private ulong Now()
    {
        if (_isCounter || _cpus.Count == 0)
            return ulong.MaxValue - 1;
        TimeSpan? now = TraceBufferStatistics.Parse(null, 0, _directory.ReadText(TraceBuffers.ForCpu("stats", _cpus[0].Cpu)), null).Now;
        return now is { } time ? (ulong)time.Ticks * 100 : ulong.MaxValue - 1;
    }

    // What the pages tell includes what was overwritten before the reading began; what the kernel counts, what no page has told of yet.
    private void CountLost()
    {
        _lostCountedAt = Stopwatch.GetTimestamp();
        var lost = new Dictionary<int, long>();
        Dictionary<int, TraceBufferStatistics> statistics = Statistics().ToDictionary(static s => s.Cpu);
        foreach (CpuPipe cpu in _cpus)
        {
            long counted = statistics.GetValueOrDefault(cpu.Cpu)?.Lost - _lostBefore.GetValueOrDefault(cpu.Cpu) ?? 0;
            if (Math.Max(cpu.Missed, counted) is > 0 and var number)
                lost[cpu.Cpu] = number;
        }
        _lost = lost;
    }

    private IEnumerable<TraceBufferStatistics> Statistics() =>
        _cpus.Select(c => TraceBufferStatistics.Parse(_directory.Instance, c.Cpu, _directory.ReadText(TraceBuffers.ForCpu("stats", c.Cpu)), null));
}
