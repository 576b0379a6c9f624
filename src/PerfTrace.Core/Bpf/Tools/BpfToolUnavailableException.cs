namespace PerfTrace.Bpf;

/// <summary>This machine does not have what a tool needs.</summary>
public sealed class BpfToolUnavailableException(BpfTool tool, IReadOnlyList<BpfToolRequirement> missing)
    : Exception($"{tool.Name} needs what is not here: {string.Join("; ", missing.Select(static m => $"{m.Name}. {m.Advice}"))}")
{
    public string Name { get; } = tool.Name;

    /// <summary>What is missing.</summary>
    public IReadOnlyList<BpfToolRequirement> Missing { get; } = missing;
}
