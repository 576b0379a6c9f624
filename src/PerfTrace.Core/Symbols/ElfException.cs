namespace PerfTrace.Symbols;

/// <summary>A file is no ELF file, or one whose contents contradict themselves.</summary>
public sealed class ElfException(string path, string problem) : Exception($"{path}: {problem}")
{
    public string Path { get; } = path;

    /// <summary>What is wrong, and where in the file.</summary>
    public string Problem { get; } = problem;
}
