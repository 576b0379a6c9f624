using System.Collections.Concurrent;
using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>What kprobes and uprobes share: names, who removes them, and the errors on the way.</summary>
internal static class ProbeOwnership
{
    private static readonly ConcurrentDictionary<string, OwnedTraceResource> Owned = new(StringComparer.Ordinal);

    /// <summary>Makes a probe; one of this session is removed when that ends.</summary>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    public static void Make(DynamicEvents events, string kind, ProbeDefinition definition, string command, bool isOwned, Action<string>? verbose)
    {
        // Before it is made: the session may be killed in between.
        if (isOwned)
        {
            string description = $"{kind} {definition.Event}";
            bool isTold = TraceOwner.TryParse(definition.Group, out _, out _);
            Owned[definition.Event] = isTold ? TraceSession.Current.Own(description, Release) : TraceSession.Current.OwnProbe(description, definition.Event, Release);
        }
        try
        {
            events.Add(command, verbose);
        }
        catch (KernelException)
        {
            Forget(definition.Group, definition.Name);
            throw;
        }

        void Release()
        {
            Owned.TryRemove(definition.Event, out _);
            events.Release(definition.Group, definition.Name);
        }
    }

    /// <summary>Removes a probe now; its session has no more to do.</summary>
    public static void Remove(DynamicEvents events, string kind, string group, string name, bool force, Action<string>? verbose, CancellationToken stop)
    {
        try
        {
            events.Remove(group, name, force, verbose, stop);
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            Forget(group, name);
            throw new ProbeNotFoundException($"{group}:{name}", kind, []);
        }
        Forget(group, name);
    }

    /// <summary>The name itself or, if there is such an event, the name with the first number that is free.</summary>
    public static string FreeName(DynamicEvents events, string group, string name)
    {
        string free = name;
        for (int number = 1; events.HasEvent(group, free); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        return free;
    }

    /// <summary>An event's name made from the place.</summary>
    public static string NameFor(string? symbol, ulong offset, bool isReturn)
    {
        string name = symbol is null ? string.Create(CultureInfo.InvariantCulture, $"at_0x{offset:x}")
            : offset == 0 ? symbol
            : string.Create(CultureInfo.InvariantCulture, $"{symbol}_0x{offset:x}");
        // Cut before the suffix is added: it tells the two probes of a function apart.
        const string suffix = "__return";
        name = ProbeText.MakeName(name);
        return !isReturn ? name : name[..Math.Min(name.Length, ProbeText.LongestName - 8 - suffix.Length)] + suffix;
    }

    public static ProbeNotFoundException NotFound(string kind, string name, IEnumerable<(string Event, string Name)> probes) =>
        new(name, kind, NearestNames.Find(name, probes.Select(p => name.Contains(':', StringComparison.Ordinal) ? p.Event : p.Name)));

    private static void Forget(string group, string name)
    {
        if (Owned.TryRemove($"{group}:{name}", out OwnedTraceResource? resource))
            resource.Forget();
    }
}
