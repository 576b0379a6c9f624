using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>The programs of a script in the kernel, and what holds them to their events.</summary>
internal sealed class ScriptPrograms : IDisposable
{
    private readonly List<(ScriptProgram Plan, BpfProgram Program)> _programs = [];
    private readonly List<FileDescriptor> _links = [];
    // Those of the links that are iterators.
    private readonly List<FileDescriptor> _iterators = [];
    private readonly List<string> _pinned = [];
    // And those of watchpoints.
    private readonly List<(ulong Address, IReadOnlyList<FileDescriptor> Links)> _watched = [];

    private ScriptPrograms()
    {
    }

    public IReadOnlyList<(ScriptProgram Plan, BpfProgram Program)> Programs => _programs;

    /// <summary>How many events programs are attached to.</summary>
    public int Attached { get; private set; }

    /// <summary>The instructions of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="types">Gets its functions and lines.</param>
    /// <exception cref="ScriptException">It is too large for the kernel's machine.</exception>
    public static IrProgram Assemble(ScriptProgram program, IrTypes types)
    {
        try
        {
            return IrProgram.Assemble(program.Function, types);
        }
        catch (ScriptStackException e)
        {
            throw new ScriptException(e.Span, $"the program of {program.Targets[0].Name} needs too much stack: {e.Message}", "use fewer variables and keys at a time, or split the block");
        }
        catch (BpfAssemblyException e)
        {
            throw new ScriptException(program.Probe.Span, $"the program of {program.Targets[0].Name} is too large: {e.Message}", "unroll fewer times, or use a loop");
        }
    }

    /// <summary>Loads programs, with the lines of the script that they come of; nothing is attached yet.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="license">What they are under.</param>
    /// <param name="verbose">Hears all that the verifier wrote of one that it does not accept.</param>
    /// <exception cref="ScriptException">A program does not fit the kernel's machine, or the verifier does not accept it.</exception>
    /// <exception cref="KernelException">Not for this user.</exception>
    public static ScriptPrograms Load(IEnumerable<ScriptProgram> programs, string license, Action<string>? verbose)
    {
        var types = new IrTypes();
        (ScriptProgram Plan, IrProgram Code)[] assembled = [.. programs.Select(p => (p, Assemble(p, types)))];
        using FileDescriptor descriptor = BpfBtf.Load(types.ToArray());
        var loaded = new ScriptPrograms();
        try
        {
            foreach ((ScriptProgram plan, IrProgram code) in assembled)
                loaded._programs.Add((plan, Load(plan, code, license, descriptor, verbose)));
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Attaches every program to its events, in the order of the script.</summary>
    /// <param name="missing">What becomes of an event that can not be attached to.</param>
    /// <param name="warnings">Gets those that are no error.</param>
    /// <param name="stop">Ends it, between two events.</param>
    /// <exception cref="ScriptException">An event can not be attached to.</exception>
    /// <exception cref="KernelAccessException">Not for this user.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Attach(MissingProbes missing, List<ScriptDiagnostic> warnings, CancellationToken stop)
    {
        try
        {
            AttachAll(missing, warnings, stop);
        }
        catch
        {
            _pinned.ForEach(File.Delete);
            throw;
        }
    }

    private void AttachAll(MissingProbes missing, List<ScriptDiagnostic> warnings, CancellationToken stop)
    {
        foreach ((ScriptProgram plan, BpfProgram program) in _programs)
        {
            using FileDescriptor descriptor = program.Open();
            var waiting = new Stack<ScriptAttachment>(ScriptAttachment.Of(plan).Reverse());
            while (waiting.TryPop(out ScriptAttachment? one))
            {
                stop.ThrowIfCancellationRequested();
                ProbeTarget target = one.Targets[0];
                try
                {
                    IReadOnlyList<FileDescriptor> links = one.Hook.Attach(descriptor, one.Cookie);
                    _links.AddRange(links);
                    if (plan.Context.Pin is { } path)
                    {
                        BpfPin.Create(links[0], path);
                        _pinned.Add(path);
                    }
                    else if (one.Hook is IteratorHook)
                    {
                        _iterators.AddRange(links);
                    }
                    if (target.WatchedAddress is { } address)
                        _watched.Add((address, links));
                    Attached += plan.Context.Dispatch?.Numbers.Count ?? one.Targets.Count;
                }
                catch (KernelException e) when (one.Targets.Count > 1 && e is not (KernelAccessException or KernelResourceException))
                {
                    // One place that can not be attached to keeps all of them from it: it is found by halves.
                    (ScriptAttachment first, ScriptAttachment last) = one.Split();
                    waiting.Push(last);
                    waiting.Push(first);
                }
                catch (Exception e) when (e is ProbePlaceException or TracepointNotFoundException or KernelFunctionNotFoundException
                    or KernelException and not (KernelAccessException or KernelResourceException))
                {
                    if (missing == MissingProbes.Error)
                        throw new ScriptException(target.Span, $"{target.Name}: {e.Message}");
                    if (missing == MissingProbes.Warn)
                        warnings.Add(new ScriptDiagnostic(ScriptSeverity.Warning, target.Span, $"{target.Name}: {e.Message}"));
                }
            }
        }
    }

    /// <summary>The files of iterators that were kept as some.</summary>
    public IReadOnlyList<string> Pinned => _pinned;

    /// <summary>There is nothing else that anything would come of.</summary>
    public bool IsAllPinned => _pinned.Count > 0 && _pinned.Count == _links.Count;

    /// <summary>Programs are attached that go through things, not to events.</summary>
    public bool HasIterators => _iterators.Count > 0;

    /// <summary>Has the iterators go through all that they are for.</summary>
    /// <returns>There are iterators, and nothing else that anything would come of.</returns>
    public bool Iterate(CancellationToken stop)
    {
        _iterators.ForEach(link => IteratorHook.Run(link, stop));
        return _iterators.Count > 0 && _iterators.Count + _pinned.Count == _links.Count;
    }

    /// <summary>Takes the programs off the watchpoints of an address.</summary>
    /// <returns>How many watchpoints there were.</returns>
    public int Unwatch(ulong address)
    {
        foreach ((_, IReadOnlyList<FileDescriptor> links) in _watched.Where(w => w.Address == address))
        {
            foreach (FileDescriptor link in links)
            {
                link.Dispose();
                _links.Remove(link);
            }
        }
        return _watched.RemoveAll(w => w.Address == address);
    }

    /// <summary>Runs the programs of a signal that this process was sent.</summary>
    public void Run(string signal)
    {
        foreach ((ScriptProgram plan, BpfProgram program) in _programs)
        {
            if (plan.Context.Provider == ProbeProvider.Self && plan.Probe.AttachPoints.Any(p => p.Function == signal))
                BpfTestRunner.Run(program, new BpfTestRunRequest(), CancellationToken.None);
        }
    }

    /// <summary>The signals that programs wait for.</summary>
    public IEnumerable<string> Signals => _programs.Where(static p => p.Plan.Context.Provider == ProbeProvider.Self)
        .SelectMany(static p => p.Plan.Probe.AttachPoints).Where(static p => p.Provider == ProbeProvider.Self).Select(static p => p.Function!).Distinct();

    /// <summary>The programs of a kind of probes, in the order of the script.</summary>
    public IEnumerable<(ScriptProgram Plan, BpfProgram Program)> Of(ProbeProvider provider) => _programs.Where(p => p.Plan.Context.Provider == provider);

    /// <summary>Runs the programs of begin or end, here and now.</summary>
    public void Run(ProbeProvider provider, CancellationToken stop)
    {
        foreach ((_, BpfProgram program) in Of(provider))
            BpfTestRunner.Run(program, new BpfTestRunRequest(), stop);
    }

    /// <summary>Takes the programs off their events, and waits until none runs any more; the programs stay.</summary>
    public void Detach()
    {
        if (_links.Count == 0)
            return;
        ParallelClose.Close(_links);
        _links.Clear();
        _iterators.Clear();
        _watched.Clear();
        SystemCalls.WaitForPrograms();
    }

    public void Dispose()
    {
        Detach();
        _programs.ForEach(static p => p.Program.Dispose());
        _programs.Clear();
    }

    private static BpfProgram Load(ScriptProgram plan, IrProgram code, string license, FileDescriptor types, Action<string>? verbose)
    {
        using FileDescriptor? traced = plan.Context.AttachProgram == 0 ? null
            : BpfProgram.Read(plan.Context.AttachProgram)?.Open() ?? throw new ScriptException(plan.Targets[0].Span, $"{plan.Targets[0].Name}: the program has gone since it was found");
        var request = new BpfProgramRequest(plan.Context.ProgramType, code.Code)
        {
            Name = NameOf(plan.Targets[0].Name),
            License = license,
            ExpectedAttachType = plan.Context.AttachType,
            AttachTypeId = plan.Context.AttachTypeId,
            AttachTo = traced,
            Types = types,
        };
        try
        {
            return BpfProgram.FromDescriptor(BpfProgramLoader.Load(request));
        }
        // There are functions of the kernel that packet programs may not call, as what gives the process or its stack (the list depends on the version).
        catch (BpfVerifierException) when (request.Type == BpfProgramType.Xdp)
        {
            return Load(plan with { Context = plan.Context with { ProgramType = BpfProgramType.RawTracepoint } }, code, license, types, verbose);
        }
        catch (BpfVerifierException e)
        {
            verbose?.Invoke(e.Log);
            throw ScriptRefusal.Of(plan, code, e);
        }
        catch (KernelException e) when (e.Errno == Errno.E2BIG)
        {
            throw ScriptRefusal.TooLarge(plan, code, e);
        }
    }

    private static string NameOf(string probe) => string.Concat(probe[..Math.Min(15, probe.Length)].Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
