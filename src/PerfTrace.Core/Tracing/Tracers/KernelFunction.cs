namespace PerfTrace.Tracing;

/// <summary>A function of the kernel.</summary>
/// <param name="Name">Its name. Static functions of several files can share one.</param>
/// <param name="Module">The module that it is of; null for the kernel itself.</param>
/// <param name="Address">Where it is; null when the kernel does not tell.</param>
/// <param name="IsTraceable">Function tracers can trace it; null when the kernel does not tell which they can.</param>
public sealed record KernelFunction(string Name, string? Module, ulong? Address, bool? IsTraceable)
{
    public override string ToString() => Module is null ? Name : $"{Name} [{Module}]";
}
