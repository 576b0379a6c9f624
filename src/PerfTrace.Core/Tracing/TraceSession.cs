using System.Runtime.InteropServices;
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
        // Since .NET 10 these end the process without ProcessExit, as they end any program. They still do after the handler.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            session._signals.Add(PosixSignalRegistration.Create(signal, _ => session.OnSignal()));
        return session;
    });

    private readonly List<PosixSignalRegistration> _signals = [];

    private readonly Lock _gate = new();
    private readonly List<OwnedTraceResource> _owned = [];

    internal TraceSession()
    {
    }

    /// <summary>The session of this process.</summary>
    public static TraceSession Current => Process.Value;

    /// <summary>True when the program ends in good order after SIGTERM and SIGHUP, so that there is no hurry to undo anything then.</summary>
    public static bool HostHandlesSignals { get; set; }

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

    /// <summary>
    /// Remembers how something is before it is changed for the first time; changes that follow do not matter. With
    /// <paramref name="persistent"/> it is to stay as it becomes now, and what was remembered is forgotten.
    /// </summary>
    /// <param name="directory">Where it is. What belongs to an instance of this session's own needs no memory: it goes with it.</param>
    /// <param name="key">What it is: a path below the directory, or that and more.</param>
    /// <param name="description">What it is, in words.</param>
    /// <param name="persistent">The change is to outlive the session.</param>
    /// <param name="capture">Reads how it is now, and gives what puts it back.</param>
    internal void Remember(TracingDirectory directory, string key, string description, bool persistent, Func<Action> capture)
    {
        if (directory.IsOwned)
            return;
        string full = Path.Combine(directory.Path, key);
        OwnedTraceResource? there;
        lock (_gate)
            there = _owned.Find(o => o.Key == full);
        if (persistent)
        {
            there?.Forget();
            return;
        }
        if (there is not null)
            return;
        Action putBack = capture();
        var resource = new OwnedTraceResource(this, description, () => PutBack(directory, putBack), full);
        lock (_gate)
            _owned.Add(resource);
    }

    /// <summary>Forgets how to put something back, because what was made is gone. False when nothing was remembered.</summary>
    internal bool Forget(TracingDirectory directory, string key)
    {
        string full = Path.Combine(directory.Path, key);
        OwnedTraceResource? there;
        lock (_gate)
            there = _owned.Find(o => o.Key == full);
        there?.Forget();
        return there is not null;
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

    private void OnSignal()
    {
        if (!HostHandlesSignals)
            ReleaseAll();
    }

    private static void PutBack(TracingDirectory directory, Action action)
    {
        try
        {
            action();
        }
        catch (TraceInstanceNotFoundException)
        {
            // Whoever removed the instance removed what was changed in it.
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT && !directory.IsGone)
        {
            // An event that has been removed since.
        }
    }

    internal void Remove(OwnedTraceResource resource)
    {
        lock (_gate)
            _owned.Remove(resource);
    }
}
