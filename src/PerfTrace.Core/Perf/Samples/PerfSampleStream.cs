using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>Samples as they are taken: of a command, of processes, threads, CPUs or control groups, in the order of their times.</summary>
public sealed class PerfSampleStream : IDisposable
{
    // What came within one pass over the rings is given out with the next: so long a sample may wait.
    private static readonly TimeSpan PassPeriod = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromMilliseconds(60);

    private readonly CounterTarget _target;
    private readonly GatedProcess? _process;
    private readonly SamplingSession _session;
    private readonly TargetWaiter _waiter;
    private readonly PerfDataEvents _events;
    private readonly SampleFactory _maker;
    private readonly RecordOrder _order = new(isBigEndian: !BitConverter.IsLittleEndian);
    private readonly Queue<PerfSample> _made = new();
    private readonly RecordHandler _take;
    private readonly TimeSpan? _duration;
    private long? _beginsAt;
    private long? _endsAt;
    private long _lost;
    private bool _isEnding;

    private PerfSampleStream(CounterTarget target, SamplingSession session, GatedProcess? process, SymbolStore symbols, SystemPaths paths, TimeSpan? duration, CancellationToken stop)
    {
        _duration = duration;
        _target = target;
        _session = session;
        _process = process;
        _events = new PerfDataEvents(session.Attributes);
        _maker = new SampleFactory(_events, symbols) { WallClockOffset = KernelClock.WallClockOffset(), HostName = Environment.MachineName, OSRelease = KernelRelease.Current };
        for (int i = 0; i < session.Events.Count; i++)
        {
            _events.Name(i, session.Events[i].Name);
            if (session.Events[i].Source is { Kind: PerfEventKind.Tracepoint } tracepoint)
                AddFormat(tracepoint.Name, paths);
        }
        _take = Take;
        _waiter = new TargetWaiter(process, session.Processes, stop, session.Owners, onChange: true);
    }

    /// <summary>Samples and other records that the kernel had no room for.</summary>
    public long Lost => Math.Max(_lost, _isEnding ? _session.CountLost() ?? 0 : 0);

    /// <summary>Events that are sampled in user space alone, as kernel.perf_event_paranoid forbids more.</summary>
    public IReadOnlyList<string> Restricted => _session.Restricted;

    /// <summary>How the command ended; null without one, and while it runs.</summary>
    public ProcessExit? CommandExit { get; private set; }

    /// <summary>What keeps call stacks from being complete, as a sentence; null when nothing does.</summary>
    public string? Missing => _maker.Missing;

    /// <summary>There will be no more samples.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Begins to sample.</summary>
    /// <param name="groups">What, from <see cref="EventCatalogue.Resolve"/>.</param>
    /// <param name="target">Whom.</param>
    /// <param name="options">How.</param>
    /// <param name="symbols">Names for addresses; stays open.</param>
    /// <param name="duration">Ends it, so long after the begin.</param>
    /// <param name="delay">Samples are taken from then on.</param>
    /// <param name="paths">procfs and sysfs.</param>
    /// <param name="problem">Hears of processes and control groups that are not there.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null when there is no target.</returns>
    /// <exception cref="CommandException">The command can not be run.</exception>
    /// <exception cref="KernelException">An event can not be opened, or descriptors or memory ran out.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before it began.</exception>
    public static PerfSampleStream? Start(IReadOnlyList<PerfEventGroup> groups, CounterTarget target, SamplingOptions options, SymbolStore symbols, TimeSpan? duration = null,
        TimeSpan delay = default, SystemPaths? paths = null, Action<CounterProblem>? problem = null, CancellationToken stop = default)
    {
        paths ??= SystemPaths.Default;
        GatedProcess? process = null;
        SamplingSession? session = null;
        PerfSampleStream? stream = null;
        try
        {
            if (target is CounterTarget.Command command)
                process = GatedProcess.Start(CommandPath.Find(command.Name, command.WorkingDirectory), [command.Name, .. command.Arguments], command.WorkingDirectory);
            session = SamplingSession.Open(groups, target, process?.ProcessId, options with { IsDelayed = delay > TimeSpan.Zero }, paths, problem, stop);
            if (session.IsAnyOpen)
            {
                stream = new PerfSampleStream(target, session, process, symbols, paths, duration, stop);
                stream.Begin(paths, delay, stop);
                return stream;
            }
            // A child that is gone failed to reach its exec: its error says why.
            Release(process, target);
            session.Dispose();
            process?.Dispose();
            return null;
        }
        catch
        {
            // A command still at its gate ends before its events close: it must never run unsampled.
            process?.Dispose();
            stream?.Dispose();
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next sample until a moment (<see cref="Stopwatch.GetTimestamp"/>); false when none has come by then, and at the end (<see cref="IsEnded"/>).</summary>
    public bool TryRead(long until, [NotNullWhen(true)] out PerfSample? sample)
    {
        while (!_made.TryDequeue(out sample))
        {
            if (TakeNext())
                continue;
            long now = Stopwatch.GetTimestamp();
            IsEnded = _isEnding;
            if (_isEnding || now >= until)
                return false;
            long pass = Math.Min(until, After(now, PassPeriod));
            TargetWaiter.Outcome outcome = _waiter.WaitUntil(Math.Min(pass, _beginsAt ?? _endsAt ?? long.MaxValue));
            if (Stopwatch.GetTimestamp() >= _beginsAt)
            {
                _session.Enable();
                _beginsAt = null;
                SetEnd();
            }
            if (outcome is TargetWaiter.Outcome.Stopped or TargetWaiter.Outcome.TargetEnded || Stopwatch.GetTimestamp() >= _endsAt)
                End();
            else
                Pass();
        }
        return true;
    }

    public void Dispose()
    {
        _process?.Dispose();
        _session.Dispose();
        _waiter.Dispose();
        _order.Dispose();
        _maker.Dispose();
    }

    private void Begin(SystemPaths paths, TimeSpan delay, CancellationToken stop)
    {
        if (_process is null)
            _session.EnableTracking();
        new ProcessRecords(paths, _session.Attributes[0], Note).Write(_target, _process?.ProcessId, isRunning: false, stop);
        if (delay > TimeSpan.Zero)
            _beginsAt = After(Stopwatch.GetTimestamp(), delay);
        else if (_process is null)
            _session.Enable();
        Release(_process, _target);
        if (_beginsAt is null)
            SetEnd();
    }

    private void SetEnd() => _endsAt = _duration is { } time ? After(Stopwatch.GetTimestamp(), time) : null;

    private static long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static void Release(GatedProcess? process, CounterTarget target)
    {
        try
        {
            process?.Release();
        }
        catch (KernelException e)
        {
            throw CommandException.NotExecutable(((CounterTarget.Command)target).Name, e.Errno);
        }
    }

    private void AddFormat(string name, SystemPaths paths)
    {
        string[] parts = name.Split(':');
        if (TraceFileSystem.Find(paths) is { } mount && parts.Length > 1)
            _maker.Formats.Add(EventFormatParser.Parse(parts[0], KernelFile.ReadText(Path.Combine(mount, "events", parts[0], parts[1], "format"))));
    }

    // What is there before the first sample: one record after the other.
    private void Note(ReadOnlySpan<byte> records)
    {
        for (int at = 0; at < records.Length;)
        {
            int size = BitConverter.ToUInt16(records[(at + 6)..]);
            _maker.Note(new PerfDataRecord(new PerfDataBytes(records.Slice(at, size), !BitConverter.IsLittleEndian, 0)));
            at += size;
        }
    }

    private void Pass()
    {
        _session.ReadRecords(_take);
        _order.FinishRound();
    }

    private void Take(int cpu, ReadOnlySpan<byte> record)
    {
        var bytes = new PerfDataBytes(record, !BitConverter.IsLittleEndian, 0);
        _order.Add(bytes, _events.TimeOf(bytes));
    }

    private bool TakeNext()
    {
        if (!_order.TryTake(out PerfDataRecord record))
            return false;
        if (record.Type == (uint)PerfRecordType.Sample)
            _maker.Make(record.Bytes, _made);
        else
            _lost += _maker.Note(record);
        return true;
    }

    private void End()
    {
        _session.Disable();
        if (_process is not null)
        {
            if (!_process.WaitForExit(TimeSpan.Zero))
                _process.Terminate();
            CommandExit = _process.WaitForExit(TerminationGrace) ? _process.WaitForExit() : null;
        }
        _session.ReadRecords(_take);
        _order.Finish();
        _isEnding = true;
    }
}
