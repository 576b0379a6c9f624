namespace PerfTrace.Perf;

/// <summary>An event's type, config and excluded levels: two counters are of one kind when these agree.</summary>
internal readonly record struct CounterIdentity(uint Type, ulong Config, PerfEventFlags Levels)
{
    private const PerfEventFlags LevelFlags = PerfEventFlags.ExcludeUser | PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor;

    /// <summary>Not one of the kernel's counters.</summary>
    public static CounterIdentity None => new(uint.MaxValue, 0, 0);

    public static CounterIdentity Of(in PerfEventAttr attributes) => new(attributes.Type, attributes.Config, attributes.Flags & LevelFlags);

    public CounterIdentity With(PerfType type, ulong config) => this with { Type = (uint)type, Config = config };
}
