namespace PerfTrace.Tracing;

/// <summary>There is an event of that name already. The kernel would silently make both one event.</summary>
public sealed class ProbeExistsException(string name)
    : Exception($"There is an event '{name}' already. Give another name (-Name), or remove that one first.")
{
    public string Name { get; } = name;
}
