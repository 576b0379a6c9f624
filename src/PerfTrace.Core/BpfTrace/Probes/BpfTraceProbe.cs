namespace PerfTrace.BpfTrace;

/// <summary>A probe that there is on this machine, as an attach point names it.</summary>
public sealed class BpfTraceProbe
{
    private readonly Func<BpfTraceProbe, IReadOnlyList<BpfTraceProbeArgument>> _read;
    private IReadOnlyList<BpfTraceProbeArgument>? _arguments;

    internal BpfTraceProbe(ProbeProvider provider, string? target, string function, Func<BpfTraceProbe, IReadOnlyList<BpfTraceProbeArgument>> read)
    {
        Kind = ProbeProviders.NameOf(provider);
        Target = target;
        Function = function;
        _read = read;
    }

    /// <summary>What a script attaches to: <c>tracepoint:sched:sched_switch</c>.</summary>
    public string Name => Target is null ? $"{Kind}:{Function}" : $"{Kind}:{Target}:{Function}";

    /// <summary>The kind: <c>tracepoint</c>.</summary>
    public string Kind { get; }

    /// <summary>The category of a tracepoint, the module of a function, the program or library; null where there is none.</summary>
    public string? Target { get; }

    /// <summary>The event or function; of a USDT probe with its provider.</summary>
    public string Function { get; }

    /// <summary>What <c>args</c> and <c>retval</c> have in it; none where they are not known by name. Read when first asked for.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">They can not be read.</exception>
    public IReadOnlyList<BpfTraceProbeArgument> Arguments => _arguments ??= _read(this);

    public override string ToString() => Name;
}
