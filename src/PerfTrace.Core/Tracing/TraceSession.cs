using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// What this process has made and changed in tracefs: undone, the last first, when the module is removed and when the process exits.
/// What a killed process leaves behind is found again by its name (<see cref="TraceOwner"/>).
/// </summary>
public sealed class TraceSession
{
    /// <summary>What users call the instance that a session works in.</summary>
    public const string SessionInstanceName = "session";

    private static readonly Lazy<TraceSession> Process = new(static () =>
    {
        var session = new TraceSession();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => session.ReleaseAll();
        return session;
    });

    private readonly Lock _gate = new();
    private readonly List<OwnedTraceResource> _owned = [];

    internal TraceSession()
    {
    }

    /// <summary>The session of this process.</summary>
    public static TraceSession Current => Process.Value;

    /// <summary>What is owned now, oldest first.</summary>
    public IReadOnlyList<string> Owned
    {
        get
        {
            lock (_gate)
                return [.. _owned.Select(static o => o.Description)];
        }
    }

    /// <summary>Remembers how to undo something.</summary>
    /// <param name="description">What it is, in words.</param>
    /// <param name="release">Undoes it; need not mind if it is undone already.</param>
    public OwnedTraceResource Own(string description, Action release)
    {
        var resource = new OwnedTraceResource(this, description, release);
        lock (_gate)
            _owned.Add(resource);
        return resource;
    }

    /// <summary>Undoes everything, the last first. What can not be undone does not keep the rest.</summary>
    /// <returns>What failed.</returns>
    public IReadOnlyList<Exception> ReleaseAll()
    {
        OwnedTraceResource[] resources;
        lock (_gate)
        {
            resources = [.. _owned];
            _owned.Clear();
        }
        var failures = new List<Exception>();
        foreach (OwnedTraceResource resource in resources.Reverse())
        {
            try
            {
                resource.Release();
            }
            catch (Exception e) when (e is KernelException or TraceInstanceNotFoundException)
            {
                failures.Add(e);
            }
        }
        return failures;
    }

    /// <summary>The instance that this session works in when nobody asks for another; made when it is first needed.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="verbose">Hears that it is made.</param>
    /// <exception cref="KernelException">It can not be made.</exception>
    public TracingDirectory SessionInstance(SystemPaths paths, Action<string>? verbose = null)
    {
        lock (_gate)
        {
            if (FindSessionInstance(paths) is { } there)
                return there;
            string name = TraceOwner.Current.NameOf(SessionInstanceName);
            TraceInstances.Create(paths, name, verbose);
            Own($"instance {name}", () => TraceInstances.RemoveIfThere(paths, name));
            return TracingDirectory.Open(paths, name);
        }
    }

    /// <summary>The instance that this session works in; null as long as it has not needed one.</summary>
    public TracingDirectory? FindSessionInstance(SystemPaths paths)
    {
        string name = TraceOwner.Current.NameOf(SessionInstanceName);
        return TraceFileSystem.Find(paths) is { } root && Directory.Exists(Path.Combine(root, "instances", name)) ? TracingDirectory.Open(paths, name) : null;
    }

    internal void Remove(OwnedTraceResource resource)
    {
        lock (_gate)
            _owned.Remove(resource);
    }
}
