using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// All events of this machine by name, and the one place where an event string becomes an event. PMUs are read when the
/// catalogue is first asked; tracepoints, which come and go, are read again after some seconds.
/// </summary>
public sealed class EventCatalogue
{
    private readonly SystemPaths _paths;
    private IReadOnlyList<Pmu>? _pmus;

    public EventCatalogue(SystemPaths paths)
    {
        _paths = paths;
        Tracepoints = new TracepointNames(paths);
    }

    /// <summary>The catalogue of the running machine.</summary>
    public static EventCatalogue Default { get; } = new(SystemPaths.Default);

    /// <summary>Hears of kernel operations that a look-up makes (mounting tracefs).</summary>
    public Action<string>? Verbose
    {
        get => Tracepoints.Verbose;
        set => Tracepoints.Verbose = value;
    }

    internal SystemPaths Paths => _paths;

    internal TracepointNames Tracepoints { get; }

    internal VendorEvents Vendor { get; } = new();

    internal IReadOnlyList<Pmu> Pmus => _pmus ??= Pmu.ReadAll(_paths);

    /// <summary>cpu_core and cpu_atom, where both are there; otherwise none.</summary>
    internal IReadOnlyList<Pmu> HybridPmus
    {
        get
        {
            var hybrid = Pmus.Where(static p => p.IsHybrid).OrderByDescending(static p => p.Name, StringComparer.Ordinal).ToList();
            return hybrid.Count == 2 ? hybrid : [];
        }
    }

    /// <summary>
    /// Resolves an event string as perf takes it: names, modifiers, <c>rNNN</c>, <c>pmu/term=…/</c>, <c>{group}</c>,
    /// <c>mem:addr/len:rwx</c>, <c>system:tracepoint</c>, wildcards, several separated by commas.
    /// </summary>
    /// <exception cref="EventSyntaxException">It is malformed; the position is in the exception.</exception>
    /// <exception cref="UnknownEventException">It names nothing on this machine; the nearest names are in the exception.</exception>
    /// <exception cref="KernelException">tracefs was needed and is not there or not permitted.</exception>
    public IReadOnlyList<PerfEventGroup> Resolve(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
            throw new EventSyntaxException(text, 0, "an event's name was expected.");
        var resolver = new EventResolver(this);
        var groups = new List<PerfEventGroup>();
        foreach (GroupSyntax syntax in EventParser.Parse(text))
        {
            groups.AddRange(resolver.Resolve(syntax, text));
        }
        return groups;
    }

    /// <summary>All events of the given kinds, kind by kind, sorted by name within.</summary>
    /// <exception cref="KernelException">Tracepoints were asked for and tracefs is not there or not permitted.</exception>
    public IEnumerable<PerfEvent> List(IReadOnlyCollection<PerfEventKind> kinds)
    {
        foreach (PerfEventKind kind in kinds.Distinct().Order())
        {
            foreach (PerfEvent e in List(kind))
                yield return e;
        }
    }

    /// <summary>Names for completion and suggestions. Tracepoints are left out where tracefs can not be read.</summary>
    public IEnumerable<string> AllNames()
    {
        foreach (EventNames.Entry entry in EventNames.Hardware.Concat(EventNames.Software).Concat(EventNames.Tool))
        {
            yield return entry.Name;
            foreach (string alias in entry.Aliases)
                yield return alias;
        }
        foreach ((string name, _, _) in CacheEventNames.List())
            yield return name;
        foreach (Pmu pmu in Pmus)
        {
            foreach (string name in pmu.Events.Keys.Order(StringComparer.Ordinal))
                yield return $"{pmu.Name}/{name}/";
        }
        foreach (string name in TryGetTracepoints() ?? [])
            yield return name;
    }

    /// <summary>How a PMU's event that is being written can go on: <c>cpu/</c> with its terms and its events. None for other words.</summary>
    /// <param name="text">What is written so far.</param>
    public IEnumerable<string> TermNames(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || text.IndexOf('/', slash + 1) >= 0 || Pmus.FirstOrDefault(p => p.Name == text[..slash]) is not { } pmu)
            return [];
        string given = text[..(Math.Max(slash, text.LastIndexOf(',')) + 1)];
        // A term of one bit is set by its name alone.
        return pmu.Formats.Values.OrderBy(static f => f.Name, StringComparer.Ordinal).Select(f => given + f.Name + (f.MaximumValue == 1 ? "" : "="))
            .Concat(pmu.Events.Keys.Order(StringComparer.Ordinal).Select(e => $"{given}{e}/"));
    }

    /// <summary>The PMUs that sysfs lists, sorted.</summary>
    public IEnumerable<string> PmuNames() => Pmus.Select(static p => p.Name);

    /// <summary>The tracepoints as <c>system:name</c>, sorted; empty where tracefs can not be read.</summary>
    public IEnumerable<string> TracepointNames() => TryGetTracepoints() ?? [];

    internal IReadOnlyList<string>? TryGetTracepoints()
    {
        try
        {
            return Tracepoints.All();
        }
        catch (KernelException)
        {
            // A suggestion is a courtesy: what was asked for decides whether this is an error.
            return null;
        }
    }

    internal PerfEvent Tracepoint(string fullName, string displayName) => new(displayName, PerfEventKind.Tracepoint, () => new PerfEventAttr
    {
        Type = (uint)PerfType.Tracepoint,
        Config = Tracepoints.IdOf(fullName),
    })
    {
        Pmu = null,
    };

    internal static PerfEvent Generic(string name, PerfEventKind kind, uint type, ulong config, string? description) =>
        new(name, kind, () => new PerfEventAttr { Type = type, Config = config }) { Description = description };

    internal static PerfEvent Software(EventNames.Entry entry, string name)
    {
        // The two clocks count nanoseconds; perf-stat(1) shows milliseconds.
        bool isClock = entry.Config <= 1;
        return new PerfEvent(name, PerfEventKind.Software, () => new PerfEventAttr { Type = (uint)PerfType.Software, Config = entry.Config })
        {
            Description = entry.Description,
            Alias = entry.Aliases.FirstOrDefault(),
            Unit = isClock ? "msec" : null,
            Scale = isClock ? 1e-6 : 1,
        };
    }

    internal static PerfEvent Tool(EventNames.Entry entry, string name) =>
        new(name, PerfEventKind.Tool, null) { Description = entry.Description, Unit = "ns" };

    private IEnumerable<PerfEvent> List(PerfEventKind kind) => kind switch
    {
        PerfEventKind.Hardware => EventNames.Hardware.OrderBy(static e => e.Name, StringComparer.Ordinal).Select(static e =>
            new PerfEvent(e.Name, PerfEventKind.Hardware, () => new PerfEventAttr { Type = (uint)PerfType.Hardware, Config = e.Config })
            {
                Alias = e.Aliases.FirstOrDefault(),
                Description = e.Description,
            }),
        PerfEventKind.HardwareCache => CacheEventNames.List().Select(static c =>
            Generic(c.Name, PerfEventKind.HardwareCache, (uint)PerfType.HardwareCache, c.Config, c.Description)),
        PerfEventKind.Software => EventNames.Software.OrderBy(static e => e.Name, StringComparer.Ordinal).Select(static e => Software(e, e.Name)),
        PerfEventKind.Tool => EventNames.Tool.Select(static e => Tool(e, e.Name)),
        PerfEventKind.Pmu => Pmus.SelectMany(ListPmu),
        PerfEventKind.PmuTerm => Pmus.Where(static p => p.Formats.Count > 0).Select(PmuPattern).Append(
            new PerfEvent("cpu/t1=v1[,t2=v2,t3 ...]/modifier", PerfEventKind.PmuTerm, null)
            {
                Description = "Any PMU's terms, from its format folder in sysfs",
            }),
        PerfEventKind.Tracepoint => Tracepoints.All().Select(name => Tracepoint(name, name)),
        PerfEventKind.Breakpoint =>
        [
            new PerfEvent("mem:<addr>[/len][:access]", PerfEventKind.Breakpoint, null)
            {
                Description = "Accesses (r, w, x) to an address, by hardware breakpoint",
            },
        ],
        PerfEventKind.Raw =>
        [
            new PerfEvent("rNNN", PerfEventKind.Raw, null) { Description = "An encoding of the CPU's PMU, as a hexadecimal number" },
        ],
        PerfEventKind.Vendor => Vendor.List().OrderBy(static e => e.Name, StringComparer.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static IEnumerable<PerfEvent> ListPmu(Pmu pmu) =>
        pmu.Events.Values.OrderBy(static e => e.Name, StringComparer.Ordinal).Select(e => new PerfEvent($"{pmu.Name}/{e.Name}/", PerfEventKind.Pmu,
            () => PmuTermResolver.Resolve(pmu, new EventSyntax($"{pmu.Name}/{e.Name}/", 0, [pmu.Name], [new TermSyntax(e.Name, null, 0)], "", null)).Attributes)
        {
            Alias = e.Name,
            Pmu = pmu.Name,
            Description = e.Terms,
            Unit = e.Unit,
            Scale = e.Scale,
            UncoreCpus = pmu.UncoreCpus,
            CoreCpus = pmu.CoreCpus,
        });

    // msr/event=0..0xffffffffffffffff/: every term with the range it takes.
    private static PerfEvent PmuPattern(Pmu pmu)
    {
        IEnumerable<string> terms = pmu.Formats.Values.OrderBy(static f => f.Name, StringComparer.Ordinal).Select(static f =>
            f.MaximumValue == 1 ? f.Name : string.Create(CultureInfo.InvariantCulture, $"{f.Name}=0..0x{f.MaximumValue:x}"));
        return new PerfEvent($"{pmu.Name}/{string.Join(',', terms)}/", PerfEventKind.PmuTerm, null)
        {
            Pmu = pmu.Name,
            Description = $"Terms of the PMU {pmu.Name}",
        };
    }
}
