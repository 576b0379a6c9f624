namespace PerfTrace.Kernel;

/// <summary>Type information that is none, is damaged, or contradicts itself.</summary>
public sealed class BtfException(string source, long offset, string problem) : Exception($"{source}: {problem} (at byte {offset})")
{
    /// <summary>Where the type information comes from.</summary>
    public string TypesOf { get; } = source;

    /// <summary>The place of the damage, in bytes from the beginning of the type information.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;
}
