using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>The top of tracefs or one instance below it: a set of trace buffers with settings of its own.</summary>
public sealed class TracingDirectory
{
    private TracingDirectory(string path, string? instance)
    {
        Path = path;
        Instance = instance;
    }

    /// <summary>Where its files are.</summary>
    public string Path { get; }

    /// <summary>The instance's name; null for the top.</summary>
    public string? Instance { get; }

    /// <summary>Opens the top or an instance.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="instance">The instance's name; null for the top.</param>
    /// <param name="verbose">Hears of a mount that is made.</param>
    /// <exception cref="KernelException">tracefs is not there or not permitted; ENOENT when there is no such instance.</exception>
    public static TracingDirectory Open(SystemPaths paths, string? instance = null, Action<string>? verbose = null)
    {
        string root = TraceFileSystem.Require(paths, verbose);
        if (instance is null)
            return new TracingDirectory(root, null);
        string path = System.IO.Path.Combine(root, "instances", TraceName.Check(instance, "instance"));
        if (Directory.Exists(path))
            return new TracingDirectory(path, instance);
        IEnumerable<string> others = Directory.EnumerateDirectories(System.IO.Path.Combine(root, "instances")).Select(static d => System.IO.Path.GetFileName(d)!);
        string known = string.Join(", ", others.Order(StringComparer.Ordinal));
        throw KernelException.Create(Errno.ENOENT, "open", path,
            known.Length == 0 ? "There are no trace instances." : $"The trace instances are: {known}.");
    }

    /// <summary>Reads a file as text, without the line break at its end.</summary>
    /// <exception cref="KernelException">It is gone or not permitted.</exception>
    internal string ReadText(string relativePath) => KernelFile.ReadText(System.IO.Path.Combine(Path, relativePath)).TrimEnd('\n');
}
