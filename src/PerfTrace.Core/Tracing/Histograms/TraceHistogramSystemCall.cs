namespace PerfTrace.Tracing;

/// <summary>A system call, as a key with <c>.syscall</c>.</summary>
/// <param name="Number">Its number on this architecture.</param>
/// <param name="Name">The kernel's name of it; <c>unknown_syscall</c> for a number that is none.</param>
public sealed record TraceHistogramSystemCall(long Number, string Name)
{
    public override string ToString() => Name;
}
