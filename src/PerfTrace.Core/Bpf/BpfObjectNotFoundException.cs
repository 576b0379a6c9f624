namespace PerfTrace.Bpf;

/// <summary>No program, map, link or pin is called so.</summary>
public sealed class BpfObjectNotFoundException : Exception
{
    public BpfObjectNotFoundException(BpfObjectKind kind, string name, IReadOnlyList<string> nearest)
        : base($"There is no BPF {kind.ToString().ToLowerInvariant()} '{name}'.{(nearest.Count > 0 ? $" Similar: {string.Join(", ", nearest)}." : "")}")
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>For a number that can not be an id.</summary>
    internal BpfObjectNotFoundException(BpfObjectKind kind, string number)
        : base($"There is no BPF {kind.ToString().ToLowerInvariant()} {number}: ids are numbers of 32 bits, from 1 on.")
    {
        Kind = kind;
        Name = number;
    }

    /// <summary>What was looked for.</summary>
    public BpfObjectKind Kind { get; }

    /// <summary>As it was written.</summary>
    public string Name { get; }
}
