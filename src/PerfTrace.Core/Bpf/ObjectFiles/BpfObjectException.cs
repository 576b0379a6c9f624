namespace PerfTrace.Bpf;

/// <summary>An object file that can not be opened, loaded or attached, for a reason that is in the file.</summary>
public sealed class BpfObjectException(string path, BpfObjectProblem problem, string message, IReadOnlyList<BpfLogMessage>? log = null) : Exception($"{path}: {message}")
{
    public string Path { get; } = path;

    public BpfObjectProblem Problem { get; } = problem;

    /// <summary>What libbpf said of it.</summary>
    public IReadOnlyList<BpfLogMessage> Log { get; } = (BpfLogMessage[])[.. log ?? []];
}
