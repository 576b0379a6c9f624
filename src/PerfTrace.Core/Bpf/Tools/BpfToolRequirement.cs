namespace PerfTrace.Bpf;

/// <summary>Something that a tool needs.</summary>
/// <param name="Name">What: <c>tracepoint sched:sched_switch</c>, <c>libbpf.so.1</c>.</param>
/// <param name="IsPresent">This machine has it.</param>
/// <param name="Advice">What to do where it has not; null where it has.</param>
public sealed record BpfToolRequirement(string Name, bool IsPresent, string? Advice = null)
{
    public override string ToString() => IsPresent ? Name : $"{Name} (missing)";
}
