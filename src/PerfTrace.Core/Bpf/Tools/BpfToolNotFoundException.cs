using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>There is no tool of a name.</summary>
public sealed class BpfToolNotFoundException(string name, IReadOnlyList<string> names)
    : Exception($"There is no tool '{name}'. {(NearestNames.Find(name, names) is { Count: > 0 } near ? $"Is it {string.Join(" or ", near)}?" : $"The tools are {string.Join(", ", names)}.")}")
{
    public string Name { get; } = name;
}
