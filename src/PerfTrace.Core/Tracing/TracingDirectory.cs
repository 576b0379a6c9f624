using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>The top of tracefs or one instance below it: a set of trace buffers with settings of its own.</summary>
public sealed class TracingDirectory
{
    private const int O_WRONLY = 1, O_TRUNC = 0x200, O_APPEND = 0x400, O_NONBLOCK = 0x800;

    private readonly SystemPaths _paths;

    private TracingDirectory(SystemPaths paths, string root, string? instance)
    {
        _paths = paths;
        Root = root;
        Instance = instance;
        Path = instance is null ? root : System.IO.Path.Combine(root, "instances", instance);
    }

    /// <summary>Where its files are.</summary>
    public string Path { get; }

    /// <summary>Where tracefs is mounted.</summary>
    public string Root { get; }

    /// <summary>The instance's name, as its directory is called; null for the top.</summary>
    public string? Instance { get; }

    /// <summary>The top of the same tracefs.</summary>
    public TracingDirectory Top => Instance is null ? this : new TracingDirectory(_paths, Root, null);

    /// <summary>It is an instance of this process's own session: all in it goes with it.</summary>
    public bool IsOwned => Instance is not null && Instance.StartsWith(TraceOwner.Current.Prefix, StringComparison.Ordinal);

    /// <summary>What messages call it.</summary>
    public string Description => Instance is null ? "the top-level buffer" : $"the instance {Instance}";

    internal SystemPaths Paths => _paths;

    /// <summary>Opens the top or an instance.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="instance">
    /// The instance's name; null for the top. An instance of this session is found by the name that the user gave it, too.
    /// </param>
    /// <param name="verbose">Hears of a mount that is made.</param>
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">There is no such instance.</exception>
    public static TracingDirectory Open(SystemPaths paths, string? instance = null, Action<string>? verbose = null)
    {
        string root = TraceFileSystem.Require(paths, verbose);
        if (instance is null)
            return new TracingDirectory(paths, root, null);
        TraceName.Check(instance, "instance");
        foreach (string name in (string[])[instance, TraceOwner.Current.NameOf(instance)])
        {
            if (Directory.Exists(System.IO.Path.Combine(root, "instances", name)))
                return new TracingDirectory(paths, root, name);
        }
        List<string> known = Instances(root);
        IReadOnlyList<string> nearest = NearestNames.Find(instance, known.Select(TraceOwner.Current.ShortNameOf));
        throw new TraceInstanceNotFoundException(instance,
            known.Count == 0 ? $"There is no trace instance '{instance}': there are none at all."
            : nearest.Count > 0 ? $"There is no trace instance '{instance}'. Did you mean {string.Join(" or ", nearest)}?"
            : $"There is no trace instance '{instance}'. There are: {string.Join(", ", known.Select(TraceOwner.Current.ShortNameOf))}.");
    }

    /// <summary>The instance of just this name; null when it is not there, or its name is none that a path here may have.</summary>
    internal TracingDirectory? TryOpenInstance(string name)
    {
        var directory = new TracingDirectory(_paths, Root, name);
        return TraceName.IsName(name) && !directory.IsGone ? directory : null;
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

    /// <summary>The file or directory is there.</summary>
    public bool Exists(string relativePath) => System.IO.Path.Exists(PathOf(relativePath));

    /// <summary>Reads a file as text, without the line break at its end.</summary>
    /// <exception cref="KernelException">It is gone or not permitted.</exception>
    /// <exception cref="TraceInstanceNotFoundException">The instance is gone.</exception>
    internal string ReadText(string relativePath) => Do(relativePath, () => KernelFile.ReadText(PathOf(relativePath)).TrimEnd('\n'));

    /// <summary>
    /// Writes a line in place of what a file has: a value, or in files of many entries (<c>trigger</c>, <c>set_event</c>,
    /// <c>uprobe_events</c>) the only entry left, because opening them to truncate removes all.
    /// </summary>
    /// <exception cref="KernelException">The kernel refused; the advice says why.</exception>
    /// <exception cref="TraceNameException">The text is more than one line.</exception>
    internal void WriteText(string relativePath, string text) => Write(relativePath, text, O_TRUNC);

    /// <summary>Writes a line to a file of many entries, which keeps those that it has.</summary>
    /// <inheritdoc cref="WriteText"/>
    internal void AppendText(string relativePath, string line) => Write(relativePath, line, O_APPEND);

    /// <summary>open(2) to read.</summary>
    internal FileDescriptor OpenRead(string relativePath, bool nonBlocking = false) =>
        Do(relativePath, () => FileDescriptor.Open(PathOf(relativePath), nonBlocking ? O_NONBLOCK : 0));

    /// <summary>open(2) to write, without truncating.</summary>
    internal FileDescriptor OpenWrite(string relativePath) => Do(relativePath, () => FileDescriptor.Open(PathOf(relativePath), O_WRONLY));

    /// <summary>The names in a directory of this one, sorted; empty when it is not there.</summary>
    internal IReadOnlyList<string> DirectoryNames(string relativePath)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(PathOf(relativePath)).Select(static d => System.IO.Path.GetFileName(d)!).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Whether the directory is still there: instances are removed under their users.</summary>
    internal bool IsGone => !Directory.Exists(Path);

    /// <summary>The exception for a system call that failed on a file here, with what to do about it.</summary>
    internal Exception Explain(Errno errno, string call, string relativePath) =>
        IsGone && Instance is not null
            ? TraceInstanceNotFoundException.Gone(Instance)
            : TraceFileAdvice.IsFunctionTracingDenied(this, errno, relativePath)
            ? new FunctionTracingDeniedException(errno, call, PathOf(relativePath))
            : KernelException.Create(errno, call, PathOf(relativePath), TraceFileAdvice.For(this, errno, relativePath));

    private string PathOf(string relativePath) => System.IO.Path.Combine(Path, TraceName.CheckPath(relativePath));

    // tracefs takes a command per write(2): it must not be split.
    private void Write(string relativePath, string line, int flags)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(TraceName.CheckLine(line, "What is written to tracefs") + "\n");
        using FileDescriptor fd = Do(relativePath, () => FileDescriptor.Open(PathOf(relativePath), O_WRONLY | flags));
        Do(relativePath, () =>
        {
            fd.Write(bytes);
            return true;
        });
    }

    private T Do<T>(string relativePath, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (KernelException e)
        {
            throw Explain(e.Errno, e.Call, relativePath);
        }
    }

    private static List<string> Instances(string root)
    {
        string directory = System.IO.Path.Combine(root, "instances");
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Select(static d => System.IO.Path.GetFileName(d)!).Order(StringComparer.Ordinal)]
            : [];
    }
}
