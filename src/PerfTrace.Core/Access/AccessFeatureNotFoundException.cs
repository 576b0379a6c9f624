using PerfTrace.Kernel;

namespace PerfTrace.Access;

/// <summary>There is no feature of that name to try.</summary>
public sealed class AccessFeatureNotFoundException(string name)
    : Exception($"There is no feature '{name}'.{(NearestNames.Find(name, AccessFeatures.Names) is { Count: > 0 } near ? $" Did you mean {string.Join(" or ", near)}?" : $" There are: {string.Join(", ", AccessFeatures.Names)}.")}")
{
    /// <summary>As it was written.</summary>
    public string Name { get; } = name;
}
