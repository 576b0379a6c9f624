using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>Finds the events that attach points mean, on this machine.</summary>
internal sealed partial class ProbeResolver
{
    private static readonly Lazy<bool> LacksLinksOfMany = new(static () => BpfLinkProbe.Lacks(BpfLinkType.KProbeMulti) && EventCatalogue.Default.Pmus.Any(static p => p.Name == "kprobe"));

    private readonly ProbeTypes _types;
    private readonly ProbeOptions _options;
    private readonly SystemPaths _paths;
    private readonly Lazy<TracingDirectory> _tracing;
    private readonly Lazy<IReadOnlyList<KernelFunction>> _functions;
    private readonly Lazy<KernelSymbolTable> _symbols;

    public ProbeResolver(ProbeTypes types, ProbeOptions options, SystemPaths paths)
    {
        _types = types;
        _options = options;
        _paths = paths;
        _tracing = new Lazy<TracingDirectory>(() => TracingDirectory.Open(paths));
        _symbols = new Lazy<KernelSymbolTable>(() => KernelSymbolTable.Read(paths));
        _functions = new Lazy<IReadOnlyList<KernelFunction>>(() => [.. KernelFunctions.List(paths, options.Verbose)]);
    }

    /// <summary>The events; none where a pattern has none.</summary>
    /// <param name="point">What a script has written.</param>
    /// <param name="needs">
    /// What its block reads: the arguments of a program's function are looked for in its debug information, and each function of a kprobe's pattern has a name. Null: nothing of that.
    /// </param>
    /// <exception cref="ScriptException">There is no such event, and it is no pattern; what the kernel can not do.</exception>
    public IReadOnlyList<ProbeTarget> Resolve(AttachPoint point, ProbeNeeds? needs = null)
    {
        try
        {
            return point.Provider switch
            {
                ProbeProvider.Begin => [ByHand(point, "begin")],
                ProbeProvider.End => [ByHand(point, "end")],
                ProbeProvider.Tracepoint => [.. Tracepoints(point)],
                ProbeProvider.RawTracepoint => [.. RawTracepoints(point)],
                ProbeProvider.KProbe or ProbeProvider.KRetProbe => KernelProbes(point, needs),
                ProbeProvider.Fentry or ProbeProvider.Fexit => point.Target == "bpf" ? FunctionsOfPrograms(point) : [.. Functions(point)],
                ProbeProvider.UProbe or ProbeProvider.URetProbe => [.. UserProbes(point, needs)],
                ProbeProvider.Usdt => [.. UsdtProbes(point)],
                ProbeProvider.Profile or ProbeProvider.Interval => [Clock(point)],
                ProbeProvider.Software or ProbeProvider.Hardware => [Event(point)],
                ProbeProvider.Watchpoint => [Watchpoint(point)],
                ProbeProvider.Iterator => [Iterator(point)],
                // The kernel runs packet programs again and again by itself, and measures them.
                ProbeProvider.Bench => [ByHand(point, point.Raw, BpfProgramType.Xdp)],
                _ => [ByHand(point, point.Raw)],
            };
        }
        catch (Exception e) when (e is TracepointNotFoundException or KernelFunctionNotFoundException or ProbePlaceException or ProbeNotFoundException
            or PerfTrace.Symbols.SymbolNotFoundException or PerfTrace.Symbols.ElfException or UnknownEventException or CommandException or FileNotFoundException)
        {
            throw new ScriptException(point.Span, $"{point.Raw}: {e.Message}");
        }
        catch (KernelException e) when (e is not KernelAccessException && point.Provider is ProbeProvider.UProbe or ProbeProvider.URetProbe or ProbeProvider.Usdt)
        {
            throw new ScriptException(point.Span, $"{point.Raw}: {e.Message}");
        }
    }

    private static ProbeTarget ByHand(AttachPoint point, string name, BpfProgramType type = BpfProgramType.RawTracepoint) =>
        new(name, new ProbeContext { Provider = point.Provider, ProgramType = type }, null);

    private IEnumerable<ProbeTarget> Tracepoints(AttachPoint point)
    {
        if (!point.IsPattern)
        {
            yield return Of(TracepointCatalogue.Find(_tracing.Value, point.Target!, point.Function!) ?? throw TracepointCatalogue.NotFound(_tracing.Value, $"{point.Target}:{point.Function}"));
            yield break;
        }
        Func<string, bool> isSystem = ProbePattern.Of(point.Target), isName = ProbePattern.Of(point.Function);
        foreach (Tracepoint found in TracepointCatalogue.List(_tracing.Value, isSystem, (_, name) => isName(name)))
        {
            // What tracefs has for itself (ftrace:function) no program can be attached to.
            if (found.System != "ftrace")
                yield return Of(found);
        }
    }

    private ProbeTarget Of(Tracepoint tracepoint) => new($"tracepoint:{tracepoint.Event}", new ProbeContext
    {
        Provider = ProbeProvider.Tracepoint,
        ProgramType = BpfProgramType.Tracepoint,
        Arguments = _types.OfTracepoint(tracepoint.Format),
    }, new TracepointHook(tracepoint.Event, tracepoint.Id ?? throw TracepointCatalogue.NotFound(_tracing.Value, tracepoint.Event)));

    // The kernel has no list of them, but its types have.
    private IEnumerable<ProbeTarget> RawTracepoints(AttachPoint point)
    {
        Func<string, bool> isName = ProbePattern.Of(point.Function);
        IEnumerable<string> names = !point.IsPattern ? [point.Function!] : ProbePattern.Of(point.Target)("vmlinux") ? _types.RawTracepoints.Where(isName) : [];
        return names.Select(name => new ProbeTarget($"rawtracepoint:{name}", new ProbeContext
        {
            Provider = ProbeProvider.RawTracepoint,
            ProgramType = BpfProgramType.RawTracepoint,
            Arguments = _types.OfRawTracepoint(name),
        }, new RawTracepointHook(name)));
    }

    // On every CPU so often; an interval on one.
    private ProbeTarget Clock(AttachPoint point)
    {
        PerfEventHook.SampleRate rate = point.Frequency is { } frequency ? new(frequency, IsFrequency: true) : new((ulong)(point.Period!.Value.Ticks * 100), IsFrequency: false);
        IReadOnlyList<int> online = new CpuTopology(_paths).Online;
        bool isInterval = point.Provider == ProbeProvider.Interval;
        return new(point.Raw, new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.PerfEvent },
            PerfEventHook.Find("cpu-clock", rate, isInterval ? [online[0]] : online, isInterval ? -1 : _options.ProcessId));
    }

    private ProbeTarget Event(AttachPoint point)
    {
        ulong count = point.Count ?? PerfEventNames.UsualCount(point.Provider, point.Target!);
        return new(point.Raw, new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.PerfEvent },
            PerfEventHook.Find(point.Target!, new(count, IsFrequency: false), null, _options.ProcessId));
    }

    // What is in memory is watched by the processor itself: of one process, or on every CPU.
    private ProbeTarget Watchpoint(AttachPoint point) => new(point.Raw, new ProbeContext { Provider = point.Provider, ProgramType = BpfProgramType.PerfEvent },
        PerfEventHook.Find($"mem:0x{point.Address:x}/{point.Length}:{point.Mode}", new(1, IsFrequency: false), null, _options.ProcessId))
    {
        WatchedAddress = point.Address,
    };

    // iter:task is bpf_iter_task() of the kernel's types (DEFINE_BPF_ITER_FUNC of include/linux/bpf.h).
    private ProbeTarget Iterator(AttachPoint point)
    {
        const string prefix = "bpf_iter_";
        if (BtfTypes.Kernel.Find(prefix + point.Function, BtfKind.Function) is not { } function)
        {
            IEnumerable<string> known = BtfTypes.Kernel.Where(static t => t.Kind == BtfKind.Function && t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(static t => t.Name[prefix.Length..]);
            throw new ScriptException(point.Span, $"this kernel has no iterator '{point.Function}'", Hints.Nearest(point.Function!, known) ?? $"it has {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
        string? pin = point.Pin is { } name ? Path.Combine(BpfFileSystem.MountPoints(_paths).FirstOrDefault("/sys/fs/bpf"), name) : null;
        return new(pin is null ? $"iter:{point.Function}" : $"iter:{point.Function}:{pin}", new ProbeContext
        {
            Provider = point.Provider,
            ProgramType = BpfProgramType.Tracing,
            AttachType = BpfAttachType.TraceIterator,
            AttachTypeId = function.Id,
            Pin = pin,
        }, new IteratorHook());
    }
}
