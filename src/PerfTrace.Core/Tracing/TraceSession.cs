using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// What this process has made and changed in tracefs: undone, the last first, when the module is removed and when the process exits.
/// What a killed process leaves behind is found again by its name (<see cref="TraceOwner"/>), or else by the session's journal.
/// </summary>
public sealed class TraceSession
{
    /// <summary>What users call the instance that a session works in.</summary>
    public const string SessionInstanceName = "session";

    private static readonly Lazy<TraceSession> Process = new(static () =>
    {
        var session = new TraceSession(new SessionJournal(SystemPaths.Default, TraceOwner.Current));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => session.ReleaseAll();
        // Since .NET 10 these end the process without ProcessExit, as they end any program. They still do after the handler.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            session._signals.Add(PosixSignalRegistration.Create(signal, _ => session.OnSignal()));
        return session;
    });

    private readonly List<PosixSignalRegistration> _signals = [];

    private readonly Lock _gate = new();
    private readonly List<OwnedTraceResource> _owned = [];

    /// <param name="journal">Notes what names do not tell; null for none.</param>
    internal TraceSession(SessionJournal? journal = null) => Journal = journal;

    /// <summary>The session of this process.</summary>
    public static TraceSession Current => Process.Value;

    /// <summary>True when the program ends in good order after SIGTERM and SIGHUP, so that there is no hurry to undo anything then.</summary>
    public static bool HostHandlesSignals { get; set; }

    internal SessionJournal? Journal { get; }

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
    public OwnedTraceResource Own(string description, Action release) => Own(description, release, 0);

    /// <summary>Remembers how to put something back that is about to be changed.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="description">What it is, in words.</param>
    /// <param name="writes">What puts it back.</param>
    /// <param name="release">Does it, where that is more than to write; null otherwise.</param>
    internal OwnedTraceResource Own(TracingDirectory directory, string description, IReadOnlyList<TraceWrite> writes, Action? release = null) =>
        Own(description, release ?? (() => TraceWrite.Apply(directory, writes)), directory.IsOwned ? 0 : Journal?.Add(description, directory, writes) ?? 0);

    /// <summary>Remembers to remove a probe whose name does not say whose it is.</summary>
    internal OwnedTraceResource OwnProbe(string description, string name, Action release) => Own(description, release, Journal?.AddProbe(description, name) ?? 0);

    private OwnedTraceResource Own(string description, Action release, int journalEntry)
    {
        var resource = new OwnedTraceResource(this, description, release, journalEntry: journalEntry);
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
    /// <param name="capture">Reads how it is now, and gives what puts that back.</param>
    /// <returns>It was not remembered before, and is now.</returns>
    internal bool Remember(TracingDirectory directory, string key, string description, bool persistent, Func<IReadOnlyList<TraceWrite>> capture)
    {
        if (directory.IsOwned)
            return false;
        string full = Path.Combine(directory.Path, key);
        OwnedTraceResource? there = Find(full);
        if (persistent)
        {
            there?.Forget();
            return false;
        }
        if (there is not null)
            return false;
        IReadOnlyList<TraceWrite> writes = capture();
        var resource = new OwnedTraceResource(this, description, () => TraceWrite.Apply(directory, writes), full, Journal?.Add(description, directory, writes) ?? 0);
        lock (_gate)
            _owned.Add(resource);
        return true;
    }

    /// <summary>Forgets how to put something back, because what was made is gone.</summary>
    internal void Forget(TracingDirectory directory, string key) => Find(Path.Combine(directory.Path, key))?.Forget();

    /// <summary>How to put something back is remembered.</summary>
    internal bool IsRemembered(TracingDirectory directory, string key) => Find(Path.Combine(directory.Path, key)) is not null;

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

    private OwnedTraceResource? Find(string key)
    {
        lock (_gate)
            return _owned.Find(o => o.Key == key);
    }

    private void OnSignal()
    {
        if (!HostHandlesSignals)
            ReleaseAll();
    }

    internal void Remove(OwnedTraceResource resource)
    {
        lock (_gate)
            _owned.Remove(resource);
    }
}
