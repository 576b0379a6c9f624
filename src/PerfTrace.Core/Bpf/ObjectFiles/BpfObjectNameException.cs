using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>An object file has no variable, map or program of a name.</summary>
public sealed class BpfObjectNameException : Exception
{
    internal BpfObjectNameException(string path, string kind, string name, IReadOnlyList<string> names)
        : base(Describe(path, kind, name, names)) => Name = name;

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    private static string Describe(string path, string kind, string name, IReadOnlyList<string> names)
    {
        IReadOnlyList<string> nearest = NearestNames.Find(name, names);
        string hint = nearest.Count > 0 ? $"Is it {string.Join(" or ", nearest)}?"
            : names.Count == 0 ? $"It has no {kind}s."
            : $"Its {kind}s: {string.Join(", ", names)}.";
        return $"{path} has no {kind} '{name}'. {hint}";
    }
}
