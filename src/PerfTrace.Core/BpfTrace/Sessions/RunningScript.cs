using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>A compiled script in the kernel: its maps, its programs, and the command that it is for, released as one. Its owner says when the programs are attached and what is read.</summary>
internal sealed class RunningScript : IDisposable
{
    private readonly ScriptMaps _maps;
    private readonly GatedProcess? _command;
    private readonly List<BpfMapAccess> _accesses = [];
    private readonly SymbolStore _symbols;
    private readonly BpfMapAccess? _counters;

    private RunningScript(CompiledScript script, ScriptMaps maps, ScriptPrograms programs, GatedProcess? command)
    {
        Script = script;
        Programs = programs;
        _maps = maps;
        _command = command;
        _symbols = new SymbolStore(SystemPaths.Default, new SymbolOptions { Names = script.Plan.Settings.SymbolNames });
        Names = new ScriptNames(script.Plan, new ScriptSymbols(_symbols, SystemPaths.Default), new ScriptStacks(maps.Stacks.ToDictionary(static s => s.Key, s => Access(s.Value))));
        _counters = maps.Counters is { } counters ? Access(counters) : null;
    }

    public CompiledScript Script { get; }

    public ScriptPrograms Programs { get; }

    /// <summary>The names of what the programs give as numbers.</summary>
    public ScriptNames Names { get; }

    /// <summary>The ring buffer; null where no program writes to it.</summary>
    public BpfMap? Events => _maps.Events;

    /// <summary>The events through which packets come; null where no program gives any.</summary>
    public BpfMap? Packets => _maps.Packets;

    /// <summary>Starts the command, held before its first instruction, compiles, makes the maps and loads the programs.</summary>
    /// <param name="command">The command, its name first; none.</param>
    /// <param name="directory">Where the command is started.</param>
    /// <param name="compile">Compiles for the command's process; -1: there is none.</param>
    /// <param name="verbose">Hears all that the verifier wrote of a program that it does not accept.</param>
    /// <exception cref="ScriptException">The script has errors; the kernel does not accept a program.</exception>
    /// <exception cref="CommandException">The command can not be started.</exception>
    /// <exception cref="KernelException">Not for this user; no memory.</exception>
    public static RunningScript Load(IReadOnlyList<string> command, string directory, Func<int, CompiledScript> compile, Action<string>? verbose)
    {
        var owned = new Stack<IDisposable>();
        try
        {
            GatedProcess? process = null;
            if (command.Count > 0)
                owned.Push(process = GatedProcess.Start(CommandPath.Find(command[0], directory), command, directory));
            CompiledScript script = compile(process?.ProcessId ?? -1);
            ScriptMaps maps = ScriptMaps.Create(script.Memory, script.Programs.Any(static p => p.Context.Provider == ProbeProvider.Iterator));
            owned.Push(maps);
            ScriptPrograms programs = ScriptPrograms.Load(script.Programs, script.Plan.Settings.License, verbose);
            owned.Push(programs);
            return new RunningScript(script, maps, programs, process);
        }
        catch
        {
            while (owned.TryPop(out IDisposable? one))
                one.Dispose();
            throw;
        }
    }

    /// <summary>The entries of one of the script's maps, as bytes; released with the script.</summary>
    /// <param name="name">With its sign: <c>@x</c>.</param>
    public BpfMapAccess Access(string name) => Access(_maps[name]);

    /// <summary>Says when it begins: elapsed counts from here, time series go by the time of day.</summary>
    /// <param name="delay">Not now but so much later: until then elapsed is below zero, which as a number without a sign is very large.</param>
    /// <returns>Nanoseconds of the boot clock.</returns>
    public long Begin(TimeSpan delay = default)
    {
        long now = KernelClock.BootTimeNanoseconds + (delay.Ticks * TimeSpan.NanosecondsPerTick);
        if (_counters is null)
            return now;
        byte[] value = Counters();
        BitConverter.TryWriteBytes(value.AsSpan(ScriptMemory.StartTime), now);
        BitConverter.TryWriteBytes(value.AsSpan(ScriptMemory.Epoch), KernelClock.WallClockOffset(KernelClock.BootTimeId));
        Errno errno = _counters.TryUpdate(new byte[sizeof(uint)], value);
        return errno == Errno.None ? now : throw BpfMapError.Update(errno, _counters, BpfUpdateCondition.Any);
    }

    /// <summary>Lets the command run.</summary>
    /// <param name="ended">Called when it has ended, on another thread.</param>
    public void Release(Action ended)
    {
        if (_command is not { } command)
            return;
        command.Release();
        new Thread(() =>
        {
            command.WaitForExit();
            ended();
        }) { IsBackground = true, Name = "command of a script" }.Start();
    }

    /// <summary>The counters of what was lost until now, as <see cref="ScriptMemory"/> lays them out; zeros where nothing can be lost.</summary>
    /// <exception cref="KernelException">They can not be read.</exception>
    public byte[] Counters()
    {
        byte[] value = new byte[Script.Memory.CountersSize];
        return _counters?.TryLookup(new byte[sizeof(uint)], value) is { } errno and not Errno.None ? throw BpfMapError.Lookup(errno, _counters) : value;
    }

    public void Dispose()
    {
        _command?.Dispose();
        Programs.Dispose();
        _accesses.ForEach(static a => a.Dispose());
        _maps.Dispose();
        _symbols.Dispose();
        // What was given lives on, and holds on to them.
        _symbols.ForgetKernel();
    }

    private BpfMapAccess Access(BpfMap map)
    {
        BpfMapAccess access = BpfMapAccess.Open(map);
        _accesses.Add(access);
        return access;
    }
}
