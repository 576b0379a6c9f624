namespace PerfTrace.Bpf;

/// <summary>No program, map, link or pin is called so.</summary>
public sealed class BpfObjectNotFoundException(BpfObjectKind kind, string name, IReadOnlyList<string> nearest)
    : Exception($"There is no BPF {kind.ToString().ToLowerInvariant()} '{name}'.{(nearest.Count > 0 ? $" Similar: {string.Join(", ", nearest)}." : "")}")
{
    /// <summary>What was looked for.</summary>
    public BpfObjectKind Kind { get; } = kind;

    /// <summary>As it was written.</summary>
    public string Name { get; } = name;
}
