using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Nothing that was tried of the kernel's BPF is called so.</summary>
public sealed class BpfFeatureNotFoundException : Exception
{
    /// <param name="what">What was looked for: a feature, a type of programs.</param>
    /// <param name="name">As it was written.</param>
    /// <param name="known">What there is.</param>
    public BpfFeatureNotFoundException(string what, string name, IEnumerable<string> known)
        : base($"There is no {what} '{name}' among those that were tried.{(NearestNames.Find(name, known) is { Count: > 0 } near ? $" Similar: {string.Join(", ", near)}." : "")}")
    {
        Name = name;
    }

    /// <summary>As it was written.</summary>
    public string Name { get; }
}
