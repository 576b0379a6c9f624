using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// One event that perf_event_open(2) can count: as listed, or as an event string resolved it. Properties that need a file or a
/// system call ask for it when they are read.
/// </summary>
public sealed class PerfEvent
{
    private readonly Lazy<PerfEventAttr>? _attributes;
    private readonly Lazy<bool> _isSupported;

    private static volatile bool s_tracepointsOpen;

    internal PerfEvent(string name, PerfEventKind kind, Func<PerfEventAttr>? attributes)
    {
        Name = name;
        Kind = kind;
        _attributes = attributes is null ? null : new Lazy<PerfEventAttr>(attributes);
        _isSupported = new Lazy<bool>(Probe);
    }

    /// <summary>The string that <c>Get-PerfCounter -Event</c> takes; for a pattern (rNNN, mem:…) what to fill in.</summary>
    public string Name { get; }

    /// <summary>Another name of the same event; null without.</summary>
    public string? Alias { get; internal init; }

    public PerfEventKind Kind { get; }

    /// <summary>The PMU that counts it, as sysfs names it; null for the kernel's generic kinds.</summary>
    public string? Pmu { get; internal init; }

    public string? Description { get; internal init; }

    /// <summary>The unit of the scaled count (Joules, MiB, msec); null for a plain count.</summary>
    public string? Unit { get; internal init; }

    /// <summary>What a count is multiplied by to be in <see cref="Unit"/>.</summary>
    public double Scale { get; internal init; } = 1;

    /// <summary>attr.type; null for a pattern and for what PerfTrace measures itself.</summary>
    public uint? Type => _attributes?.Value.Type;

    /// <summary>attr.config.</summary>
    public ulong? Config => _attributes?.Value.Config;

    /// <summary>attr.config1; of a breakpoint the address.</summary>
    public ulong? Config1 => _attributes?.Value.Config1;

    /// <summary>attr.config2; of a breakpoint the length.</summary>
    public ulong? Config2 => _attributes?.Value.Config2;

    /// <summary>attr.config3 (Linux 6.3).</summary>
    public ulong? Config3 => _attributes?.Value.Config3;

    /// <summary>
    /// The kernel opened the event for this process and user when this was first read (of tracepoints, it opened one, and this one
    /// has an id). A pattern is never supported itself.
    /// </summary>
    public bool IsSupported => _isSupported.Value;

    /// <summary>CPUs that an uncore PMU is to be opened on; null for events of the cores.</summary>
    internal CpuSet? UncoreCpus { get; init; }

    /// <summary>CPUs whose cores have this event's PMU; null for all.</summary>
    internal CpuSet? CoreCpus { get; init; }

    /// <summary>There is something to open.</summary>
    internal bool HasAttributes => _attributes is not null;

    internal PerfEventAttr Attributes => _attributes?.Value
        ?? throw new InvalidOperationException($"{Name} is not an event of the kernel's.");

    /// <summary>W was among the modifiers.</summary>
    internal bool IsWeak { get; init; }

    /// <summary>P was: sampled as precisely as the PMU can.</summary>
    internal bool IsPreciseMaximum { get; init; }

    /// <summary>S was, at its group: the leader is sampled, and the others are read with it.</summary>
    internal bool ReadsGroupOnSample { get; init; }

    /// <summary>Parses one event string, as <see cref="EventCatalogue.Resolve"/> does; the string must name exactly one event.</summary>
    /// <exception cref="FormatException">It is malformed, or names several events.</exception>
    /// <exception cref="UnknownEventException">There is no such event.</exception>
    public static PerfEvent Parse(string text)
    {
        IReadOnlyList<PerfEventGroup> groups = EventCatalogue.Default.Resolve(text);
        return groups is [{ Events: [var single] }] ? single : throw new FormatException($"'{text}' names several events.");
    }

    public override string ToString() => Name;

    private bool Probe()
    {
        if (Kind == PerfEventKind.Tool)
            return true;
        if (_attributes is null)
            return false;
        // All tracepoints are of one PMU: what opening one of them has shown holds for the others that have an id, except the
        // pseudo-events of ftrace. Closing a tracepoint waits for an RCU grace period, some 40 ms: 2,300 of them took 87 s.
        bool isOrdinaryTracepoint = Kind == PerfEventKind.Tracepoint && !Name.StartsWith("ftrace:", StringComparison.Ordinal);
        if (isOrdinaryTracepoint && s_tracepointsOpen)
            return Config is not null;
        bool isOpened = Open();
        if (isOrdinaryTracepoint && isOpened)
            s_tracepointsOpen = true;
        return isOpened;
    }

    private unsafe bool Open()
    {
        PerfEventAttr attributes = Attributes;
        attributes.Size = PerfEventAttr.StructureSize;
        attributes.Set(PerfEventFlags.Disabled, true);
        (int pid, int cpu) = UncoreCpus is { } cpus ? (-1, cpus[0]) : (0, -1);
        Errno errno = SystemCalls.PerfEventOpen(&attributes, pid, cpu, -1, (ulong)PerfOpenFlags.CloseOnExec, out FileDescriptor? fd);
        if (errno == Errno.EINVAL && attributes.Has(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost))
        {
            attributes.Set(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost, false);
            errno = SystemCalls.PerfEventOpen(&attributes, pid, cpu, -1, (ulong)PerfOpenFlags.CloseOnExec, out fd);
        }
        if (errno is Errno.EACCES or Errno.EPERM && !attributes.Has(PerfEventFlags.ExcludeKernel))
        {
            attributes.Set(PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor, true);
            errno = SystemCalls.PerfEventOpen(&attributes, pid, cpu, -1, (ulong)PerfOpenFlags.CloseOnExec, out fd);
        }
        fd?.Dispose();
        return errno == Errno.None;
    }
}
