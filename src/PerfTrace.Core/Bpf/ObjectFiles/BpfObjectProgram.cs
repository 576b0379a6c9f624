namespace PerfTrace.Bpf;

/// <summary>A program of an object file.</summary>
/// <param name="Name">The function.</param>
/// <param name="Section">The section, which says what it is to be attached to: <c>tracepoint/sched/sched_switch</c>.</param>
/// <param name="Type">What libbpf takes it for by its section.</param>
/// <param name="IsLoaded">It is loaded with the object.</param>
public sealed record BpfObjectProgram(string Name, string Section, BpfProgramType Type, bool IsLoaded)
{
    public override string ToString() => Name;
}
