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
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">There is no such instance.</exception>
    public static TracingDirectory Open(SystemPaths paths, string? instance = null, Action<string>? verbose = null)
    {
        string root = TraceFileSystem.Require(paths, verbose);
        if (instance is null)
            return new TracingDirectory(root, null);
        string path = System.IO.Path.Combine(root, "instances", TraceName.Check(instance, "instance"));
        if (Directory.Exists(path))
            return new TracingDirectory(path, instance);
        string known = string.Join(", ", Instances(root));
        throw new TraceInstanceNotFoundException(instance, known.Length == 0
            ? $"There is no trace instance '{instance}': there are none at all."
            : $"There is no trace instance '{instance}'. There are: {known}.");
    }

    /// <summary>The names of all instances, sorted; empty where tracefs is not there or may not be read.</summary>
    public static IReadOnlyList<string> InstanceNames(SystemPaths paths)
    {
        try
        {
            return TraceFileSystem.Find(paths) is { } root ? Instances(root) : [];
        }
        catch (UnauthorizedAccessException)
        {
            return []; // names for completion: whoever opens an instance gets the error
        }
    }

    private static List<string> Instances(string root)
    {
        string directory = System.IO.Path.Combine(root, "instances");
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Select(static d => System.IO.Path.GetFileName(d)!).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Reads a file as text, without the line break at its end.</summary>
    /// <exception cref="KernelException">It is gone or not permitted.</exception>
    internal string ReadText(string relativePath) => KernelFile.ReadText(System.IO.Path.Combine(Path, relativePath)).TrimEnd('\n');
}
