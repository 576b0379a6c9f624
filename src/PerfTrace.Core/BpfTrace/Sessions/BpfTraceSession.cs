using System.Diagnostics;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A script at work: its maps, its programs, what holds them to their events. It ends when the script says so, when its time is over or when it is stopped; then the programs are
/// taken off, those of <c>end</c> run, and what the maps hold is given. For one thread; <see cref="Stop"/> may come from any.
/// </summary>
public sealed class BpfTraceSession : IDisposable
{
    private readonly BpfTraceRequest _request;
    private readonly CompiledScript _script;
    private readonly ScriptMaps _maps;
    private readonly ScriptPrograms _programs;
    private readonly List<BpfMapAccess> _accesses = [];
    private readonly SymbolStore _symbols = new(SystemPaths.Default);
    private readonly BpfRingBufferReader? _events;
    private readonly Dictionary<string, ScriptMapReader> _readers = new(StringComparer.Ordinal);
    private readonly ScriptActions _actions;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly Lock _guard = new();
    private readonly long _startedAt;
    private readonly BpfMapAccess? _counters;
    private GatedProcess? _command;
    private bool _isEnding, _isDisposed;

    private BpfTraceSession(BpfTraceRequest request, CompiledScript script, ScriptMaps maps, ScriptPrograms programs, CancellationToken stop)
    {
        _request = request;
        _script = script;
        _maps = maps;
        _programs = programs;
        ScriptPlan plan = script.Plan;
        BpfMapAccess? stacks = maps.Stacks is { } map ? Access(map) : null;
        var names = new ScriptNames(plan, new ScriptSymbols(_symbols, SystemPaths.Default), new ScriptStacks(stacks, null));
        var values = new ValueReader(names);
        foreach (ScriptMap one in plan.Maps)
            _readers.Add(one.Name, new ScriptMapReader(one, Access(maps[one.Name]), values));
        _actions = new ScriptActions(plan, names, values, _readers) { AllowsCommands = request.AllowsUnsafe, IsTextOnly = request.IsTextOnly, Stop = stop };
        _events = maps.Events is { } events ? BpfRingBufferReader.Open(events) : null;
        _counters = maps.Counters is { } counters ? Access(counters) : null;
        _startedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>What the script's author should know.</summary>
    public IReadOnlyList<ScriptDiagnostic> Warnings => _script.Warnings;

    /// <summary>How many events its programs are attached to.</summary>
    public int ProbeCount => _programs.Attached;

    /// <summary>What <c>exit()</c> was given; 0 without.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Compiles a script and puts it to work: when this returns, its programs of <c>begin</c> have run and all others are attached.</summary>
    /// <exception cref="ScriptException">The script has errors; an event can not be attached to.</exception>
    /// <exception cref="BpfVerifierException">The kernel does not accept a program.</exception>
    /// <exception cref="KernelException">Not for this user; no memory.</exception>
    public static BpfTraceSession Start(BpfTraceRequest request, Action<string>? verbose = null, CancellationToken stop = default)
    {
        GatedProcess? command = request.Command.Count > 0
            ? GatedProcess.Start(CommandPath.Find(request.Command[0], request.WorkingDirectory), request.Command, request.WorkingDirectory) : null;
        ScriptMaps? maps = null;
        ScriptPrograms? programs = null;
        BpfTraceSession? session = null;
        try
        {
            if (command is not null)
                request = request with { ProcessId = command.ProcessId };
            CompiledScript script = Compile(request, verbose);
            maps = ScriptMaps.Create(script.Memory);
            programs = ScriptPrograms.Load(script.Programs);
            session = new BpfTraceSession(request, script, maps, programs, stop);
            session.WriteStartTime();
            programs.Run(ProbeProvider.Begin, stop);
            programs.Attach((target, problem) => script.Plan.Settings.MissingProbes != MissingProbes.Error);
            verbose?.Invoke($"{programs.Programs.Count} programs at {programs.Attached} events.");
            session.Release(command);
            return session;
        }
        catch
        {
            session?.Dispose();
            programs?.Dispose();
            maps?.Dispose();
            command?.Dispose();
            throw;
        }
    }

    /// <summary>The programs of a script as text, without loading them.</summary>
    /// <exception cref="ScriptException">The script has errors.</exception>
    public static IEnumerable<(string Probe, string Listing)> Disassemble(BpfTraceRequest request)
    {
        CompiledScript script = Compile(request, null);
        using ScriptMaps maps = ScriptMaps.Create(script.Memory);
        foreach (ScriptProgram program in script.Programs)
        {
            BpfInstruction[] code = ScriptPrograms.Assemble(program).Instructions;
            var lines = new List<string>(code.Length);
            for (int i = 0; i < code.Length; i++)
            {
                lines.Add($"{i,4}: {BpfDisassembler.Write(code[i], i + 1 < code.Length ? code[i + 1] : default)}");
                if (code[i].IsWide)
                    i++;
            }
            yield return (string.Join(",", program.Targets.Select(static t => t.Name)), string.Join('\n', lines));
        }
    }

    /// <summary>What the script gives, as it comes, through the end: its maps last.</summary>
    /// <exception cref="KernelException">A map can not be read.</exception>
    public IEnumerable<BpfTraceOutput> Read()
    {
        while (!_isEnding)
        {
            foreach (BpfTraceOutput output in Take())
                yield return output;
            if (_isEnding || _stopped.IsSet)
                break;
            TimeSpan? left = _request.Duration is { } duration ? duration - Stopwatch.GetElapsedTime(_startedAt) : null;
            if (left <= TimeSpan.Zero)
                break;
            if (_events is not null)
                _events.Wait(left);
            else if (_stopped.Wait(left ?? Timeout.InfiniteTimeSpan))
                break;
        }
        foreach (BpfTraceOutput output in End())
            yield return output;
    }

    /// <summary>The entries of a map now.</summary>
    /// <param name="name">With its sign: <c>@x</c>.</param>
    /// <exception cref="KeyNotFoundException">The script has no such map.</exception>
    public BpfTraceMapEntry[] ReadMap(string name) =>
        _readers.TryGetValue(name, out ScriptMapReader? reader) ? reader.Read().Entries : throw new KeyNotFoundException($"The script has no map {name}: it has {string.Join(", ", _readers.Keys)}.");

    /// <summary>The names of the script's maps, with their sign.</summary>
    public IReadOnlyList<string> MapNames => _readers.Keys.ToArray();

    /// <summary>What was lost until now.</summary>
    public BpfTraceSummary Summary()
    {
        byte[] value = new byte[_script.Memory.CountersSize];
        _counters?.TryLookup(new byte[sizeof(uint)], value);
        var entries = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < _script.Plan.Maps.Count; i++)
        {
            if (BitConverter.ToInt64(value, ScriptMemory.MapLost(i)) is > 0 and var lost)
                entries.Add(_script.Plan.Maps[i].Name, lost);
        }
        return new BpfTraceSummary(BitConverter.ToInt64(value, ScriptMemory.EventsLost), BitConverter.ToInt64(value, ScriptMemory.StacksLost), entries);
    }

    /// <summary>Ends the reading, as soon as what has come is given; from any thread.</summary>
    public void Stop()
    {
        lock (_guard)
        {
            if (_isDisposed)
                return;
            _stopped.Set();
            _events?.Stop();
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
        _command?.Dispose();
        _programs.Dispose();
        _events?.Dispose();
        _accesses.ForEach(static a => a.Dispose());
        _maps.Dispose();
        _symbols.Dispose();
        _stopped.Dispose();
    }

    private static CompiledScript Compile(BpfTraceRequest request, Action<string>? verbose)
    {
        ReadScript script = ScriptReader.Read(request.Script, new ScriptOptions
        {
            Parameters = request.Parameters,
            NamedParameters = request.NamedParameters,
            HasProcess = request.ProcessId >= 0,
            Directory = request.Directory,
            Settings = new ScriptSettings { IsUnsafeAllowed = request.AllowsUnsafe },
        });
        var types = new RecordTypes(script.Tree);
        var resolver = new ProbeResolver(new ProbeTypes(types), new ProbeOptions { ProcessId = request.ProcessId, Verbose = verbose }, SystemPaths.Default);
        return CompiledScript.Compile(script, types, resolver);
    }

    // The command begins; its end is the script's.
    private void Release(GatedProcess? command)
    {
        if (command is null)
            return;
        _command = command;
        command.Release();
        new Thread(() =>
        {
            command.WaitForExit();
            Stop();
        }) { IsBackground = true, Name = "bpftrace command" }.Start();
    }

    private BpfMapAccess Access(BpfMap map)
    {
        BpfMapAccess access = BpfMapAccess.Open(map);
        _accesses.Add(access);
        return access;
    }

    // elapsed counts from here.
    private void WriteStartTime()
    {
        if (_counters is null)
            return;
        byte[] value = new byte[_script.Memory.CountersSize];
        BitConverter.TryWriteBytes(value.AsSpan(ScriptMemory.StartTime), KernelClock.BootTimeNanoseconds);
        Errno errno = _counters.TryUpdate(new byte[sizeof(uint)], value);
        if (errno != Errno.None)
            throw BpfMapError.Update(errno, _counters, BpfUpdateCondition.Any);
    }

    // What has come; after exit() no more.
    private IEnumerable<BpfTraceOutput> Take()
    {
        while (!_isEnding && NextOutput(out bool hasMore) is var output && hasMore)
        {
            if (output is not null)
                yield return output;
        }
    }

    private BpfTraceOutput? NextOutput(out bool hasMore)
    {
        hasMore = false;
        if (_events is null || !_events.TryRead(out BpfBufferRecord record))
            return null;
        hasMore = true;
        switch (_actions.Do(record.Data))
        {
            case ExitOutput exit:
                ExitStatus = exit.Status;
                _isEnding = true;
                hasMore = false;
                return null;
            case PrintOutput { Print: var print }:
                return new BpfTraceOutput(() => print.Text, () => [print]);
            case MapOutput map:
                return new BpfTraceOutput(() => map.Text, () => map.Content.Entries);
            case MessageOutput message:
                return new BpfTraceOutput(() => "", static () => [], message.Message);
            default:
                return null;
        }
    }

    private IEnumerable<BpfTraceOutput> End()
    {
        _programs.Detach();
        _programs.Run(ProbeProvider.End, CancellationToken.None);
        // What the programs gave before they were taken off, and those of the end.
        _isEnding = false;
        foreach (BpfTraceOutput output in Take())
            yield return output;
        _isEnding = true;
        if (!_script.Plan.Settings.PrintMapsOnExit)
            yield break;
        foreach (ScriptMapReader reader in _readers.Values.OrderBy(static r => r.Map.Name, StringComparer.Ordinal))
        {
            ScriptMapContent content = reader.Read();
            yield return new BpfTraceOutput(() => content.Text, () => content.Entries);
        }
    }
}
