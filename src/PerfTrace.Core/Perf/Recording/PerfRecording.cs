using System.Diagnostics;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>A recording of samples into a perf.data file, by a thread of its own. It ends with its target, after its duration, or when it is stopped.</summary>
public sealed class PerfRecording : IDisposable
{
    /// <summary>How long a command that is asked to end is waited for; longer would hold up Ctrl-C.</summary>
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromMilliseconds(60);

    /// <summary>So long whoever stops the pipeline waits for the file, whose last sections take a while when thousands of files were mapped.</summary>
    private static readonly TimeSpan HurriedWait = TimeSpan.FromMilliseconds(30);

    /// <summary>What is in the rings reaches the file this often even if they are far from full.</summary>
    private static readonly TimeSpan FlushPeriod = TimeSpan.FromMilliseconds(500);

    private static int s_lastId;

    private readonly RecordingOptions _options;
    private readonly SamplingSession _session;
    private readonly SamplingSession? _trigger;
    private readonly RecordingWriter _writer;
    private readonly GatedProcess? _process;
    private readonly TerminalMode? _terminal;
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly SystemPaths _paths;
    private readonly List<string> _warnings = [];
    private readonly TimeSpan _openingCpuTime;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _endedAt, _cpuTicks, _samples, _bytes, _lost;
    private volatile bool _wantsSnapshot;
    private int _snapshots;

    private PerfRecording(CounterTarget target, RecordingOptions options, SystemPaths paths, SamplingSession session, SamplingSession? trigger, RecordingWriter writer,
        GatedProcess? process, TimeSpan openingCpuTime)
    {
        Id = Interlocked.Increment(ref s_lastId);
        Target = target;
        Events = (string[])[.. session.Events.Where(static e => e.Source is not null).Select(static e => e.Name)];
        BufferSize = session.BufferSize;
        _options = options;
        _paths = paths;
        _session = session;
        _trigger = trigger;
        _writer = writer;
        _process = process;
        _openingCpuTime = openingCpuTime;
        _terminal = process is null ? null : TerminalMode.ForChild();
        Publish();
    }

    /// <summary>A number of this recording's own, in this process.</summary>
    public int Id { get; }

    public PerfRecordingState State { get; private set; }

    /// <summary>The file that is written, or was last.</summary>
    public string Path => _options.Path;

    /// <summary>How long it takes at most; null: it ends otherwise.</summary>
    public TimeSpan? GetDuration() => _options.Duration;

    /// <summary>All files, where the output was switched; those that are done have a name of their own.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>What is sampled, with the names that the file gives it.</summary>
    public IReadOnlyList<string> Events { get; }

    /// <summary>Whom.</summary>
    public CounterTarget Target { get; }

    /// <summary>Samples in the files.</summary>
    public long Samples => Volatile.Read(ref _samples);

    /// <summary>Bytes of the files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Samples and other records that the kernel had no room for.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Snapshots that were taken of overwritten rings.</summary>
    public int Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Bytes of each ring buffer.</summary>
    public int BufferSize { get; }

    public DateTimeOffset StartTime { get; } = DateTimeOffset.Now;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt, State == PerfRecordingState.Running ? Stopwatch.GetTimestamp() : Volatile.Read(ref _endedAt));

    /// <summary>The processor time that the recording itself has taken so far.</summary>
    public TimeSpan CpuTime => _openingCpuTime + TimeSpan.FromTicks(Volatile.Read(ref _cpuTicks));

    /// <summary>The process of the command; null without.</summary>
    public int? CommandId => _process?.ProcessId;

    /// <summary>How the command ended; null before, and without one.</summary>
    public ProcessExit? CommandExit { get; private set; }

    /// <summary>What ended a recording that failed.</summary>
    public Exception? Error { get; private set; }

    /// <summary>What there is to say at the end: losses, above all.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_warnings)
                return (string[])[.. _warnings];
        }
    }

    /// <summary>Begins to record.</summary>
    /// <param name="groups">What to sample, from <see cref="EventCatalogue.Resolve"/>.</param>
    /// <param name="target">Whom to sample.</param>
    /// <param name="options">How, how long and where to.</param>
    /// <param name="paths">procfs and sysfs; null for the machine's own.</param>
    /// <param name="problem">Hears of processes and control groups that are not there.</param>
    /// <param name="warning">Hears of what is done differently from what was asked.</param>
    /// <param name="verbose">Hears of each kernel operation worth telling.</param>
    /// <param name="stop">Gives up the start; what runs is ended by <see cref="RequestStop"/>.</param>
    /// <returns>Null: none of the targets is there.</returns>
    /// <exception cref="CommandException">The command can not be started.</exception>
    /// <exception cref="KernelException">An event can not be sampled, or descriptors or memory ran out.</exception>
    /// <exception cref="NotSupportedException">An event can not be sampled at all, or a library is missing.</exception>
    /// <exception cref="IOException">The file can not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before it began; a file that it had made has no samples.</exception>
    public static PerfRecording? Start(IReadOnlyList<PerfEventGroup> groups, CounterTarget target, RecordingOptions options, SystemPaths? paths = null,
        Action<CounterProblem>? problem = null, Action<string>? warning = null, Action<string>? verbose = null, CancellationToken stop = default)
    {
        paths ??= SystemPaths.Default;
        options = options with
        {
            Path = System.IO.Path.GetFullPath(options.Path),
            Sampling = Bounded(options.Sampling, paths, warning) with { IsDelayed = options.Delay > TimeSpan.Zero },
        };
        TimeSpan cpuTime = KernelClock.ThreadCpuTime;
        var command = target as CounterTarget.Command;
        GatedProcess? process = null;
        SamplingSession? session = null, trigger = null;
        RecordingWriter? writer = null;
        try
        {
            if (command is not null)
            {
                string path = CommandPath.Find(command.Name, command.WorkingDirectory);
                process = GatedProcess.Start(path, [command.Name, .. command.Arguments], command.WorkingDirectory);
                verbose?.Invoke($"Started process {process.ProcessId} ({path}); it waits until its events are open.");
            }
            session = SamplingSession.Open(groups, target, process?.ProcessId, options.Sampling, paths, problem, stop);
            if (!session.IsAnyOpen)
            {
                Release(process, command); // a child that is gone failed to reach its exec: its error says why
                process?.Dispose();
                session.Dispose();
                return null;
            }
            verbose?.Invoke($"Opened {session.Events.Count} events on {session.Rings.Count} CPUs; each has a ring buffer of {session.BufferSize / 1024} KiB.");
            if (session.Restricted.Count > 0)
            {
                warning?.Invoke($"Sampled in user space only: {string.Join(", ", session.Restricted)}. kernel.perf_event_paranoid is "
                    + $"{Sysctl.PerfEventParanoid(paths)}: run as root or with CAP_PERFMON, or set it to 1, to sample the kernel too.");
            }
            if (options.SnapshotOn.Count > 0)
            {
                trigger = SamplingSession.Open(options.SnapshotOn, target, process?.ProcessId,
                    new SamplingOptions { Period = 1, BufferSize = 64 << 10, Inherit = options.Sampling.Inherit, WakesAtOnce = true }, paths, stop: stop);
            }
            writer = new RecordingWriter(session, options, paths);
            writer.Begin();
            // The exec starts the events of a command.
            if (command is null)
                session.EnableTracking();
            writer.WriteExisting(stop: stop);
            stop.ThrowIfCancellationRequested();
            var recording = new PerfRecording(target, options, paths, session, trigger, writer, process, KernelClock.ThreadCpuTime - cpuTime);
            if (command is null)
            {
                trigger?.Enable();
                if (options.Delay == TimeSpan.Zero)
                    session.Enable();
            }
            Release(process, command);
            new Thread(recording.Run, 512 * 1024) { IsBackground = true, Name = "perf record" }.Start();
            return recording;
        }
        catch
        {
            // A command still at its gate ends before its events close: it must never run unrecorded.
            process?.Dispose();
            session?.Dispose();
            trigger?.Dispose();
            writer?.Dispose();
            throw;
        }
    }

    /// <summary>Asks for a snapshot of the overwritten rings.</summary>
    /// <exception cref="InvalidOperationException">The rings are not overwritten, or the recording has ended.</exception>
    public void Snapshot()
    {
        if (!_options.Sampling.Overwrite)
            throw new InvalidOperationException("Only a recording with -Overwrite has snapshots; this one writes all samples.");
        if (State != PerfRecordingState.Running)
            throw new InvalidOperationException("The recording has ended; its last snapshot was taken then.");
        _wantsSnapshot = true;
    }

    /// <summary>Asks the recording to end, and a command with it. Returns at once.</summary>
    public void RequestStop()
    {
        if (!_ended.IsSet)
            _stop.Cancel();
    }

    /// <summary>Waits until the file is complete.</summary>
    /// <returns>False: it was not within that time.</returns>
    public bool Wait(TimeSpan timeout, CancellationToken stop = default) => _ended.Wait(timeout, stop);

    /// <summary>The path: so commands that read files take a recording through the pipeline.</summary>
    public override string ToString() => Path;

    /// <summary>Asks the recording to end, and waits until its file is complete.</summary>
    /// <param name="isHurried">Not longer than a moment: the recording goes on completing it.</param>
    public void Stop(bool isHurried)
    {
        RequestStop();
        if (isHurried)
            _ended.Wait(HurriedWait);
        else
            _ended.Wait();
    }

    /// <summary>Ends the recording, and returns when its file is complete.</summary>
    public void Dispose() => Stop(isHurried: false);

    /// <summary>The options as far as kernel.perf_event_max_sample_rate allows them.</summary>
    public static SamplingOptions Bounded(SamplingOptions options, SystemPaths paths, Action<string>? warning)
    {
        if (Sysctl.PerfEventMaxSampleRate(paths) is not { } most)
            return options;
        if (options.Frequency > most)
        {
            warning?.Invoke($"The frequency is lowered from {options.Frequency} to {most} Hz, which kernel.perf_event_max_sample_rate allows; "
                + $"to raise it: sysctl kernel.perf_event_max_sample_rate={options.Frequency}");
            options = options with { Frequency = most };
        }
        return options with { DefaultFrequency = Math.Min(options.DefaultFrequency, most) };
    }

    private static void Release(GatedProcess? process, CounterTarget.Command? command)
    {
        try
        {
            process?.Release();
        }
        catch (KernelException e)
        {
            throw CommandException.NotExecutable(command!.Name, e.Errno);
        }
    }

    private void Run()
    {
        try
        {
            Record();
            CommandExit = EndCommand();
            _session.Disable();
            _writer.Drain();
            if (_session.SnapshotRings.Count > 0)
                TakeSnapshot();
            _writer.End();
            Finish(PerfRecordingState.Completed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KernelException)
        {
            Error = e;
            GiveUp();
            Finish(PerfRecordingState.Failed);
        }
    }

    private void Record()
    {
        using var waiter = new TargetWaiter(_process, _session.Processes, _stop.Token, _session.Owners.Concat(_trigger?.Owners ?? []), onChange: true);
        long? begin = _options.Delay > TimeSpan.Zero ? After(_startedAt, _options.Delay) : null;
        long? end = begin is null ? End(_startedAt) : null, next = Next(_startedAt);
        while (true)
        {
            long flush = After(Stopwatch.GetTimestamp(), FlushPeriod);
            TargetWaiter.Outcome outcome = waiter.WaitUntil(Math.Min(flush, Math.Min(begin ?? end ?? long.MaxValue, next ?? long.MaxValue)));
            _writer.Drain();
            long now = Stopwatch.GetTimestamp();
            if (begin <= now)
            {
                _session.Enable();
                begin = null;
                end = End(now);
            }
            if (IsTriggered())
                TakeSnapshot();
            if (next <= now || _writer.FileBytes >= _options.SwitchSize)
            {
                _writer.Switch();
                next = Next(now);
            }
            Publish();
            MeasureSelf();
            if (outcome is TargetWaiter.Outcome.Stopped or TargetWaiter.Outcome.TargetEnded || end <= now || HaveThreadsEnded())
                return;
        }
    }

    private long? End(long begin) => _options.Duration is { } duration ? After(begin, duration) : null;

    private long? Next(long begin) => _options.SwitchInterval is { } interval ? After(begin, interval) : null;

    private bool HaveThreadsEnded() =>
        Target is CounterTarget.Threads threads && !threads.Ids.Any(id => Directory.Exists($"{_paths.Proc}/{id}"));

    private bool IsTriggered()
    {
        bool isTriggered = _wantsSnapshot;
        _wantsSnapshot = false;
        _trigger?.ReadRecords((_, record) => isTriggered |= record[0] == (byte)PerfRecordType.Sample);
        return isTriggered;
    }

    private void TakeSnapshot()
    {
        _writer.WriteSnapshot();
        Interlocked.Increment(ref _snapshots);
    }

    private ProcessExit? EndCommand()
    {
        if (_process is null)
            return null;
        if (!_process.WaitForExit(TimeSpan.Zero))
        {
            // The duration is over, or the user stopped the recording: the command ends with it, as with perf record.
            _process.Terminate();
            if (!_process.WaitForExit(TerminationGrace))
            {
                Warn($"Process {_process.ProcessId} was asked to end (SIGTERM) and has not yet, so it will be killed; its exit status is not known.");
                return null;
            }
        }
        return _process.WaitForExit();
    }

    // The disk is full, perhaps: what was complete before is kept.
    private void GiveUp()
    {
        try
        {
            _writer.Abandon();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Warn($"The end of {Path} could not be written: {e.Message}");
        }
    }

    private void Finish(PerfRecordingState state)
    {
        if (_writer.Lost > 0 && _options.Sampling.Overwrite)
        {
            Warn($"{_writer.Lost} samples or other records were lost while the rings were read.");
        }
        else if (_writer.Lost > 0)
        {
            Warn($"{_writer.Lost} samples or other records were lost: the kernel found no room in a ring buffer. Make -BufferSize larger than "
                + $"{BufferSize / 1024} KB, or -Frequency smaller.");
        }
        _process?.Dispose();
        _terminal?.Dispose();
        _session.Dispose();
        _trigger?.Dispose();
        _writer.Dispose();
        Publish();
        MeasureSelf();
        Volatile.Write(ref _endedAt, Stopwatch.GetTimestamp());
        State = state;
        _ended.Set();
    }

    private void Publish()
    {
        Files = _writer.Files;
        Volatile.Write(ref _samples, _writer.Samples);
        Volatile.Write(ref _bytes, _writer.Bytes);
        Volatile.Write(ref _lost, _writer.Lost);
    }

    // Of the thread that records.
    private void MeasureSelf() => Volatile.Write(ref _cpuTicks, KernelClock.ThreadCpuTime.Ticks);

    private void Warn(string text)
    {
        lock (_warnings)
            _warnings.Add(text);
    }

    private static long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * Stopwatch.Frequency);
}
