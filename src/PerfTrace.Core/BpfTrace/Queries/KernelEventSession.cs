using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A query at work: programs add events up in the kernel until the time is over, the command ends or it is stopped. Of a series each event belongs to the interval in which it came, as
/// the kernel's clock has it: the interval is part of the key, so none is lost or counted twice where one ends and the next begins. For one thread; <see cref="Stop"/> may come from any.
/// </summary>
public sealed class KernelEventSession : IDisposable
{
    // Longer than it can take until all events are attached to.
    private static readonly TimeSpan NotYet = TimeSpan.FromDays(365);

    private static readonly TimeSpan Progress = TimeSpan.FromMilliseconds(500);

    private readonly KernelEventQuery _query;
    private readonly RunningScript _running;
    private readonly QueryResults _results;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly Lock _guard = new();
    private long _startNanoseconds, _next;
    private DateTimeOffset _startedAt;
    private bool _isDisposed;

    private KernelEventSession(KernelEventQuery query, QueryPlan plan, RunningScript running)
    {
        _query = query;
        _running = running;
        ScriptPlan script = running.Script.Plan;
        var values = new ValueReader(running.Names);
        Dictionary<string, ScriptMapReader> readers = script.Maps.Where(static m => QueryPlan.Results.Contains(m.Name))
            .ToDictionary(static m => m.Name, m => new ScriptMapReader(m, running.Access(m.Name), values), StringComparer.Ordinal);
        _results = new QueryResults(plan, script.ProbeNames, readers, values, query);
    }

    /// <summary>Puts a query to work: when this returns, events are counted.</summary>
    /// <exception cref="ScriptException">It has errors; the kernel does not accept a program; an event can not be attached to.</exception>
    /// <exception cref="CommandException">The command can not be started.</exception>
    /// <exception cref="KernelException">Not for this user; no memory.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static KernelEventSession Start(KernelEventQuery query, Action<string>? verbose = null, CancellationToken stop = default)
    {
        QueryPlan? plan = null;
        RunningScript running = RunningScript.Load(query.Command, query.WorkingDirectory, process =>
        {
            if (process >= 0)
                query = query with { ProcessIds = [process] };
            (plan, CompiledScript script) = Compile(query, verbose);
            return script;
        }, verbose);
        IDisposable owner = running;
        try
        {
            var session = new KernelEventSession(query, plan!, running);
            owner = session;
            session.AddTargets();
            running.Begin(NotYet);
            running.Programs.Attach(MissingProbes.Error, [], stop);
            (session._startNanoseconds, session._startedAt) = (running.Begin(), DateTimeOffset.UtcNow);
            session.ForgetWhatCameBefore();
            verbose?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{running.Programs.Programs.Count} programs at {running.Programs.Attached} events."));
            running.Release(session.Stop);
            return session;
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>The query as a script of the bpftrace language, for whoever wants to see what is counted.</summary>
    /// <exception cref="ScriptException">It has errors.</exception>
    public static string Describe(KernelEventQuery query)
    {
        var resolver = new ProbeResolver(new ProbeTypes(new RecordTypes(new ScriptTree { Source = new ScriptSource("", "") })), ProbeOptions.Default, SystemPaths.Default);
        return ScriptPrinter.Print(QueryBuilder.Build(query, resolver).Script.Tree);
    }

    /// <summary>The sets of results: one for each interval that is over, and at the end what is left; without intervals one.</summary>
    /// <param name="progress">Hears from time to time how long it has been; null: nobody wants to.</param>
    /// <exception cref="KernelException">A map can not be read.</exception>
    public IEnumerable<KernelEventMeasurement[]> Read(Action<TimeSpan>? progress = null)
    {
        while (!_stopped.IsSet)
        {
            TimeSpan? wait = Left();
            if (wait <= TimeSpan.Zero)
                break;
            if (_query.Interval is not null)
            {
                TimeSpan untilEnd = EndOf(_next) - Elapsed;
                if (untilEnd <= TimeSpan.Zero)
                {
                    // A program that has read the time before the interval's end adds to it a moment later.
                    SystemCalls.WaitForPrograms();
                    yield return Take();
                    continue;
                }
                wait = wait is null || untilEnd < wait ? untilEnd : wait;
            }
            if (progress is not null && (wait is null || wait > Progress))
                wait = Progress;
            if (!_stopped.Wait(wait ?? Timeout.InfiniteTimeSpan) && Elapsed > TimeSpan.FromSeconds(1))
                progress?.Invoke(Elapsed);
        }
        TimeSpan length = _query.Duration is { } duration && duration < Elapsed ? duration : Elapsed;
        _running.Programs.Detach();
        if (_query.Interval is null)
        {
            yield return _results.Read(null, null);
            yield break;
        }
        // What came behind the end was not asked for.
        while (StartOf(_next) < length)
            yield return Take();
    }

    /// <summary>What was lost until now.</summary>
    /// <exception cref="KernelException">The counters can not be read.</exception>
    public KernelEventLosses Losses()
    {
        byte[] value = _running.Counters();
        ScriptPlan plan = _running.Script.Plan;
        long groups = 0, starts = 0, buckets = 0;
        for (int i = 0; i < plan.Maps.Count; i++)
        {
            ScriptMap map = plan.Maps[i];
            long lost = BitConverter.ToInt64(value, ScriptMemory.MapLost(i));
            if (map.Name == QueryPlan.Histogram)
                buckets = lost;
            else if (QueryPlan.Results.Contains(map.Name))
                groups = Math.Max(groups, lost); // each event loses in each map
            else
                starts = Math.Max(starts, lost);
        }
        return new KernelEventLosses(groups, starts, buckets, BitConverter.ToInt64(value, ScriptMemory.StacksLost));
    }

    /// <summary>Ends the measurement; from any thread.</summary>
    public void Stop()
    {
        lock (_guard)
        {
            if (!_isDisposed)
                _stopped.Set();
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        _running.Dispose();
        _stopped.Dispose();
    }

    private static (QueryPlan Plan, CompiledScript Script) Compile(KernelEventQuery query, Action<string>? verbose)
    {
        var types = new RecordTypes(new ScriptTree { Source = new ScriptSource("", "") });
        using var probes = new ProbeTypes(types);
        var resolver = new ProbeResolver(probes, new ProbeOptions { Directory = query.WorkingDirectory, Verbose = verbose }, SystemPaths.Default);
        QueryPlan plan = QueryBuilder.Build(query, resolver);
        return (plan, CompiledScript.Compile(plan.Script, types, resolver));
    }

    private TimeSpan Elapsed => TimeSpan.FromTicks((KernelClock.BootTimeNanoseconds - _startNanoseconds) / TimeSpan.NanosecondsPerTick);

    private TimeSpan? Left() => _query.Duration is { } duration ? duration - Elapsed : null;

    private TimeSpan StartOf(long number) => TimeSpan.FromTicks(number * _query.Interval!.Value.Ticks);

    private TimeSpan EndOf(long number) => StartOf(number + 1);

    // The programs of some events are at work before the others are attached; of a series no interval has what they count.
    private void ForgetWhatCameBefore()
    {
        if (_query.Interval is not { } interval)
            return;
        SystemCalls.WaitForPrograms();
        _results.ForgetFrom((long)((1UL << 63) / (ulong)(interval.Ticks * TimeSpan.NanosecondsPerTick)));
    }

    private KernelEventMeasurement[] Take()
    {
        long number = _next++;
        KernelEventMeasurement[] found = _results.Read(number, (_startedAt + StartOf(number)).ToLocalTime());
        _results.Forget(number);
        return found;
    }

    private void AddTargets()
    {
        // A command is one from its exec on.
        if (_query.Command.Count > 0 || !_running.Script.Plan.Maps.Any(static m => m.Name == QueryPlan.Targets))
            return;
        BpfMapAccess targets = _running.Access(QueryPlan.Targets);
        byte[] key = new byte[targets.KeyBytes], value = new byte[targets.ValueBytes];
        value[0] = 1;
        foreach (int id in _query.ProcessIds)
        {
            BitConverter.TryWriteBytes(key, (long)id);
            Errno errno = targets.TryUpdate(key, value);
            if (errno != Errno.None)
                throw BpfMapError.Update(errno, targets, BpfUpdateCondition.Any);
        }
    }
}
