namespace PerfTrace.Bpf;

/// <summary>There is no network interface of a name.</summary>
public sealed class BpfInterfaceNotFoundException(string name, IReadOnlyList<string> known)
    : Exception(known.Count == 0 ? $"There is no network interface '{name}'." : $"There is no network interface '{name}'. There are: {string.Join(", ", known)}.")
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
