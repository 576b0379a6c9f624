using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A script at work in the background: a thread of its own takes what the script gives, and keeps it until it is received. It ends as a <see cref="BpfTraceSession"/> does.
/// Safe for several threads.
/// </summary>
public sealed class BpfTraceRun : IDisposable
{
    private static int s_lastId;

    private readonly BpfTraceSession _session;
    private readonly CancellationTokenSource _abort;
    private readonly ManualResetEventSlim _ended = new(), _hasOutput = new();
    private readonly Lock _guard = new();
    // Held while the session is looked at; taken before the other. Who reads a large map keeps nothing waiting that the script gives.
    private readonly Lock _lifetime = new();
    private readonly Queue<(BpfTraceOutput Output, int Count)> _outputs = [];
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private Dictionary<string, BpfTraceMapEntry[]>? _finalMaps;
    private BpfTraceSummary? _finalSummary;
    private long _endedAt, _lostOutput, _toldLost;
    private int _waiting;

    private BpfTraceRun(BpfTraceRequest request, BpfTraceSession session, int capacity, CancellationTokenSource abort)
    {
        Id = Interlocked.Increment(ref s_lastId);
        Name = request.Script.Name;
        Script = request.Script.Text;
        Title = request.Script.Title;
        Attached = session.Attached;
        Warnings = session.Warnings;
        Capacity = capacity;
        Maps = new BpfTraceMapCollection(session.MapNames, ReadMap);
        _session = session;
        _abort = abort;
    }

    /// <summary>A number of this run's own, in this process.</summary>
    public int Id { get; }

    /// <summary>The script's file; <see cref="ScriptSource.CommandLineName"/> where it has none.</summary>
    public string Name { get; }

    /// <summary>The script's text.</summary>
    public string Script { get; }

    /// <summary>What a list shows of it: the file, or the first line of the script.</summary>
    public string Title { get; }

    public BpfTraceRunState State { get; private set; }

    /// <summary>How many events its programs were attached to.</summary>
    public int Attached { get; }

    /// <summary>What the script's author should know.</summary>
    public IReadOnlyList<ScriptDiagnostic> Warnings { get; }

    /// <summary>The script's maps, as they are at the moment.</summary>
    public BpfTraceMapCollection Maps { get; }

    /// <summary>So many objects that were not received are kept.</summary>
    public int Capacity { get; }

    /// <summary>Objects that wait to be received.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Objects that were dropped because nobody received them in time.</summary>
    public long LostOutput => Volatile.Read(ref _lostOutput);

    /// <summary>What was lost in the kernel until now.</summary>
    public BpfTraceSummary Lost
    {
        get
        {
            lock (_lifetime)
                return _finalSummary ?? _session.Summary();
        }
    }

    /// <summary>What <c>exit()</c> was given; 0 without.</summary>
    public int ExitStatus => _session.ExitStatus;

    public DateTimeOffset StartTime { get; } = DateTimeOffset.Now;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt, Volatile.Read(ref _endedAt) is > 0 and var end ? end : Stopwatch.GetTimestamp());

    /// <summary>What ended a run that failed.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Compiles a script and puts it to work.</summary>
    /// <param name="request">The script, and how it is run.</param>
    /// <param name="capacity">So many objects are kept until they are received; of more the oldest are dropped, and counted.</param>
    /// <param name="verbose">Hears what is done.</param>
    /// <param name="stop">Ends the starting.</param>
    /// <exception cref="ScriptException">The script has errors; an event can not be attached to.</exception>
    /// <exception cref="PerfTrace.Bpf.BpfVerifierException">The kernel does not accept a program.</exception>
    /// <exception cref="KernelException">Not for this user; no memory.</exception>
    public static BpfTraceRun Start(BpfTraceRequest request, int capacity, Action<string>? verbose = null, CancellationToken stop = default)
    {
        var abort = new CancellationTokenSource();
        BpfTraceSession session;
        using (stop.Register(abort.Cancel))
            session = BpfTraceSession.Start(request, verbose, abort.Token);
        var run = new BpfTraceRun(request, session, capacity, abort);
        new Thread(run.Run) { IsBackground = true, Name = $"bpftrace {run.Id}" }.Start();
        return run;
    }

    /// <summary>What has come and was not taken yet.</summary>
    /// <param name="keep">It can be taken again.</param>
    public BpfTraceBatch Take(bool keep = false)
    {
        lock (_guard)
        {
            var batch = new BpfTraceBatch([.. _outputs.Select(static o => o.Output)], _lostOutput - _toldLost);
            if (!keep)
            {
                _outputs.Clear();
                _waiting = 0;
                _toldLost = _lostOutput;
                if (!_ended.IsSet)
                    _hasOutput.Reset();
            }
            return batch;
        }
    }

    /// <summary>Takes the oldest of what has come and was not taken yet; the rest is left there.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryTake([NotNullWhen(true)] out BpfTraceOutput? output)
    {
        lock (_guard)
        {
            if (!_outputs.TryDequeue(out (BpfTraceOutput Output, int Count) oldest))
            {
                output = null;
                return false;
            }
            output = oldest.Output;
            _waiting -= oldest.Count;
            if (_outputs.Count == 0 && !_ended.IsSet)
                _hasOutput.Reset();
            return true;
        }
    }

    /// <summary>How many objects were dropped since it was asked last, or since all was taken.</summary>
    public long TakeLost()
    {
        lock (_guard)
        {
            long lost = _lostOutput - _toldLost;
            _toldLost = _lostOutput;
            return lost;
        }
    }

    /// <summary>Waits until there is something to take, or it has ended.</summary>
    /// <returns>False: it was told to stop before.</returns>
    public bool WaitForOutput(CancellationToken stop) => Wait(_hasOutput, stop);

    /// <summary>Waits until it has ended, and all that it gives can be taken.</summary>
    /// <returns>False: it was told to stop before.</returns>
    public bool WaitForEnd(CancellationToken stop) => Wait(_ended, stop);

    /// <summary>Asks the script to end: it is taken off its events, its <c>end</c> runs, and what its maps hold is given. Returns at once.</summary>
    public void RequestStop() => _session.Stop();

    /// <summary>Ends the script, and what takes long in its end: commands, maps that are read. Returns when nothing of it is left in the kernel.</summary>
    public void Dispose()
    {
        _abort.Cancel();
        RequestStop();
        _ended.Wait();
    }

    public override string ToString() => Title;

    private static bool Wait(ManualResetEventSlim what, CancellationToken stop)
    {
        try
        {
            what.Wait(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Run()
    {
        BpfTraceRunState state = BpfTraceRunState.Completed;
        try
        {
            foreach (BpfTraceOutput output in _session.Read())
                Keep(output);
            var maps = _session.MapNames.ToDictionary(static n => n, _session.ReadMap);
            BpfTraceSummary lost = _session.Summary();
            lock (_lifetime)
                (_finalMaps, _finalSummary) = (maps, lost);
        }
        // Whatever it is, it would end the process on this thread: who asks for the run is told.
        catch (Exception e)
        {
            Error = e;
            state = BpfTraceRunState.Failed;
        }
        lock (_lifetime)
        {
            _finalMaps ??= [];
            _finalSummary ??= new BpfTraceSummary(0, 0, 0, new Dictionary<string, long>());
            _session.Dispose();
        }
        lock (_guard)
        {
            Volatile.Write(ref _endedAt, Stopwatch.GetTimestamp());
            State = state;
            _ended.Set();
            _hasOutput.Set();
        }
    }

    private void Keep(BpfTraceOutput output)
    {
        int count = Math.Max(output.Objects.Length, output.Message is null ? 0 : 1);
        if (count == 0)
            return;
        lock (_guard)
        {
            _outputs.Enqueue((output, count));
            _waiting += count;
            // One that is larger alone, a whole map, is kept.
            while (_waiting > Capacity && _outputs.Count > 1)
            {
                int dropped = _outputs.Dequeue().Count;
                _waiting -= dropped;
                _lostOutput += dropped;
            }
            _hasOutput.Set();
        }
    }

    private BpfTraceMapEntry[] ReadMap(string name)
    {
        lock (_lifetime)
            return _finalMaps is { } final ? final.GetValueOrDefault(name, []) : _session.ReadMap(name);
    }
}
