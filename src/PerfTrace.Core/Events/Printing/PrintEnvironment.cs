using PerfTrace.Kernel;

namespace PerfTrace.Events.Printing;

/// <summary>What a record's text depends on and the record does not hold. Only the kernel that wrote it knows.</summary>
public sealed class PrintEnvironment
{
    private static readonly Lazy<PrintEnvironment> Running = new(static () => Open(SystemPaths.Default));

    private readonly ulong? _jiffies;
    private Lazy<ulong?> _pageMapBase = new(default(ulong?));

    /// <summary>Of the kernel that runs. What costs something to read (the symbols) is read when it is first asked for.</summary>
    public static PrintEnvironment Current => Running.Value;

    /// <summary>Nothing is known: addresses stay numbers.</summary>
    public static PrintEnvironment Empty { get; } = new();

    /// <summary>Names for %pS and its kin.</summary>
    public IKernelSymbols Symbols { get; init; } = NoSymbols.Instance;

    /// <summary>Strings that events refer to by their address in the kernel.</summary>
    public IKernelStrings Strings { get; init; } = NoStrings.Instance;

    /// <summary>HZ: jiffies per second (CONFIG_HZ).</summary>
    public int TicksPerSecond { get; init; } = 250;

    /// <summary>Where the kernel's array of <c>struct page</c> begins (vmemmap_base); null when it was placed at random and nobody tells. Pages are then printed
    /// as their offsets in it.</summary>
    public ulong? PageMapBase
    {
        get => _pageMapBase.Value;
        init => _pageMapBase = new Lazy<ulong?>(value);
    }

    /// <summary>The kernel's version: some events' text has changed with it.</summary>
    public Version KernelVersion { get; init; } = new(6, 18);

    /// <summary>The counter of ticks at the moment of reading, now unless set: few events print how long ago something was.</summary>
    public ulong Jiffies
    {
        get => _jiffies ?? KernelClock.Jiffies;
        init => _jiffies = value;
    }

    /// <summary>Reads what there is to know.</summary>
    public static PrintEnvironment Open(SystemPaths paths)
    {
        var symbols = new LazyKernelSymbols(paths);
        return new PrintEnvironment
        {
            Symbols = symbols,
            Strings = new TracepointStrings(paths),
            TicksPerSecond = KernelClock.TicksPerSecond,
            _pageMapBase = new Lazy<ulong?>(() => PageMap.FindBase(paths, symbols)),
            KernelVersion = KernelRelease.VersionOf(KernelRelease.Read(paths)) ?? new Version(6, 18),
        };
    }

    private sealed class NoSymbols : IKernelSymbols
    {
        public static readonly NoSymbols Instance = new();

        public bool TryFind(ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module)
        {
            name = module = null;
            offset = size = 0;
            return false;
        }
    }

    private sealed class NoStrings : IKernelStrings
    {
        public static readonly NoStrings Instance = new();

        public bool TryRead(ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
        {
            text = null;
            return false;
        }
    }
}
