using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Finds and removes what sessions have left in tracefs and bpffs: what their names begin with says whose it is, and else a session's journal.</summary>
public static class PerfTraceResources
{
    /// <summary>All there is, in the order in which it can be removed.</summary>
    /// <exception cref="KernelException">tracefs is not there or not permitted.</exception>
    public static IReadOnlyList<PerfTraceResource> List(SystemPaths paths, Action<string>? verbose = null)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        var alive = new Dictionary<TraceOwner, bool>();
        var found = new List<PerfTraceResource>();
        foreach (string name in top.DirectoryNames("instances"))
        {
            if (top.TryOpenInstance(name) is not { } instance)
                continue;
            int count = found.Count;
            try
            {
                if (TraceOwner.TryParse(name, out TraceOwner? owner, out _))
                    AddInstance(instance, name, owner);
                else
                    AddNamedHistograms(instance);
            }
            catch (Exception e) when (e is TraceInstanceNotFoundException or KernelException && instance.IsGone)
            {
                // Its session removed it while it was looked at.
                found.RemoveRange(count, found.Count - count);
            }
        }
        AddNamedHistograms(top);
        IReadOnlyList<DynamicEvent> probes = DynamicEvent.List(top);
        foreach (DynamicEvent probe in probes)
            AddProbe(probe);
        foreach ((TraceOwner owner, JournalEntry entry) in SessionJournal.List(paths))
            AddNoted(owner, entry);
        foreach ((string path, TraceOwner owner) in BpfPins.List(paths))
            Add(PerfTraceResourceKind.Pin, Path.GetFileName(path), path, owner);
        return [.. found.OrderBy(static r => r.Kind)];

        void Add(PerfTraceResourceKind kind, string name, string path, TraceOwner owner, string? instance = null, string? definition = null, JournalEntry? entry = null)
        {
            if (!alive.TryGetValue(owner, out bool isAlive))
                alive[owner] = isAlive = owner.IsAliveBy(paths);
            found.Add(new PerfTraceResource { Kind = kind, Name = name, Path = path, Owner = owner, IsOwnerAlive = isAlive, Instance = instance, Definition = definition, Noted = entry });
        }

        void AddInstance(TracingDirectory instance, string name, TraceOwner owner)
        {
            Add(PerfTraceResourceKind.Instance, name, instance.Path, owner, name);
            foreach (Tracepoint tracepoint in TracepointCatalogue.List(instance))
            {
                string folder = Path.Combine(instance.Path, tracepoint.Folder);
                if (tracepoint.Enabled)
                    Add(PerfTraceResourceKind.EnabledEvent, tracepoint.Event, Path.Combine(folder, "enable"), owner, name);
                if (tracepoint.Filter is { } filter)
                    Add(PerfTraceResourceKind.Filter, tracepoint.Event, Path.Combine(folder, "filter"), owner, name, filter);
                foreach (string trigger in tracepoint.Triggers)
                    Add(KindOf(trigger), tracepoint.Event, Path.Combine(folder, "trigger"), owner, name, trigger);
            }
        }

        // A histogram in another's instance or at the top is a session's by its name: hist:…:name=perftrace_1_2_x.
        void AddNamedHistograms(TracingDirectory directory)
        {
            if (!HasHistograms(top))
                return;
            foreach (Tracepoint tracepoint in HistogramEvents.WithTriggers(directory))
            {
                foreach (string trigger in tracepoint.Triggers)
                {
                    if (NameOfHistogram(trigger) is { } name && TraceOwner.TryParse(name, out TraceOwner? owner, out _))
                        Add(PerfTraceResourceKind.Histogram, tracepoint.Event, Path.Combine(directory.Path, tracepoint.Folder, "trigger"), owner, directory.Instance, trigger);
                }
            }
        }

        // What stands in a session's journal. An instance that is gone has taken its settings with it; so has a probe that somebody removed.
        void AddNoted(TraceOwner owner, JournalEntry entry)
        {
            if (entry.Probe is { } name)
            {
                if (probes.FirstOrDefault(p => $"{p.System}:{p.Name}" == name) is { } probe)
                {
                    Add(probe.Kind, name, Path.Combine(top.Path, "events", probe.System, probe.Name), owner, null, probe.Definition, entry);
                    return;
                }
            }
            else if ((entry.Instance is null ? top : top.TryOpenInstance(entry.Instance)) is { } directory)
            {
                Add(PerfTraceResourceKind.Setting, entry.Writes![0].File, Path.Combine(directory.Path, entry.Writes[0].File), owner, entry.Instance, entry.Description, entry);
                return;
            }
            // Nobody else would ever strike it out.
            if (!owner.IsAliveBy(paths))
                SessionJournal.Done(paths, owner, entry.Id);
        }

        void AddProbe(DynamicEvent probe)
        {
            if (TraceOwner.TryParse(probe.System, out TraceOwner? owner, out _) || TraceOwner.TryParse(probe.Name, out owner, out _))
                Add(probe.Kind, $"{probe.System}:{probe.Name}", Path.Combine(top.Path, "events", probe.System, probe.Name), owner, null, probe.Definition);
        }
    }

    /// <summary>Removes one of them, with what uses it. That it is gone already is as good.</summary>
    /// <exception cref="KernelException">It is still in use, or it is not permitted.</exception>
    public static void Remove(SystemPaths paths, PerfTraceResource resource)
    {
        TracingDirectory top = TracingDirectory.Open(paths);
        try
        {
            switch (resource.Kind)
            {
                case PerfTraceResourceKind.Instance:
                    TraceInstances.RemoveIfThere(paths, resource.Name);
                    break;
                case PerfTraceResourceKind.Pin:
                    BpfPins.Remove(resource.Path);
                    break;
                case PerfTraceResourceKind.EnabledEvent or PerfTraceResourceKind.Filter or PerfTraceResourceKind.Trigger or PerfTraceResourceKind.Histogram:
                    RemoveSetting(resource.Instance is null ? top : top.TryOpenInstance(resource.Instance), resource);
                    break;
                case PerfTraceResourceKind.Setting:
                    PutBack(resource.Instance is null ? top : top.TryOpenInstance(resource.Instance), resource.Noted!);
                    break;
                default:
                    RemoveProbe(top, resource);
                    break;
            }
            if (resource.Noted is { } entry)
                SessionJournal.Done(paths, resource.Owner, entry.Id);
        }
        catch (TraceInstanceNotFoundException)
        {
            // Removed meanwhile.
        }
    }

    private static void PutBack(TracingDirectory? directory, JournalEntry entry)
    {
        if (directory is not null)
            TraceWrite.Apply(directory, entry.Writes!);
    }

    private static PerfTraceResourceKind KindOf(string trigger) =>
        HistogramTriggers.IsHistogram(trigger) ? PerfTraceResourceKind.Histogram : PerfTraceResourceKind.Trigger;

    // Only then are the trigger files of all events worth reading.
    private static bool HasHistograms(TracingDirectory top) => top.Exists("events/sched/sched_switch/hist");

    private static string? NameOfHistogram(string trigger) => HistogramTriggers.IsHistogram(trigger)
        ? trigger.Split(':', ' ').FirstOrDefault(static part => part.StartsWith("name=", StringComparison.Ordinal))?[5..]
        : null;

    private static void RemoveSetting(TracingDirectory? directory, PerfTraceResource resource)
    {
        if (directory is null || FindEvent(directory, resource.Name) is not { } tracepoint)
            return;
        if (resource.Kind == PerfTraceResourceKind.EnabledEvent)
            directory.WriteText($"{tracepoint.Folder}/enable", "0");
        else if (resource.Kind == PerfTraceResourceKind.Filter)
            directory.WriteText($"{tracepoint.Folder}/filter", "0");
        else if (tracepoint.Triggers.Contains(resource.Definition, StringComparer.Ordinal))
            RemoveTrigger(tracepoint, resource);
    }

    private static void RemoveTrigger(Tracepoint tracepoint, PerfTraceResource resource)
    {
        try
        {
            TraceCommand.Append(tracepoint.Directory, $"{tracepoint.Folder}/trigger", TracepointTrigger.Parse(resource.Definition!).RemoveCommand);
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY && resource.Kind == PerfTraceResourceKind.Histogram)
        {
            // Another histogram of the same session refers to its variables.
            TraceHistogram[] all = [.. TraceHistograms.List(tracepoint.Directory).Where(h => OwnerOf(h) == resource.Owner)];
            TraceHistograms.Remove(all, static (_, problem) => throw problem);
        }
    }

    private static TraceOwner? OwnerOf(TraceHistogram histogram) =>
        TraceOwner.TryParse(histogram.Info.Name ?? "", out TraceOwner? owner, out _) || TraceOwner.TryParse(histogram.Instance ?? "", out owner, out _) ? owner : null;

    // An event that is enabled or has triggers is busy, in whichever instance that is.
    private static void RemoveProbe(TracingDirectory top, PerfTraceResource resource)
    {
        if (FindEvent(top, resource.Name) is not { } found)
            return;
        foreach (TracingDirectory directory in top.DirectoryNames("instances").Select(top.TryOpenInstance).OfType<TracingDirectory>().Prepend(top))
        {
            if (FindEvent(directory, resource.Name) is not { } tracepoint)
                continue;
            foreach (string trigger in tracepoint.Triggers.Reverse())
                TraceCommand.Append(directory, $"{tracepoint.Folder}/trigger", TracepointTrigger.Parse(trigger).RemoveCommand);
            if (tracepoint.Enabled)
                directory.WriteText($"{tracepoint.Folder}/enable", "0");
        }
        DynamicEvent.Remove(top, found.System, found.Name);
    }

    private static Tracepoint? FindEvent(TracingDirectory directory, string name)
    {
        string[] parts = name.Split(':', 2);
        var tracepoint = new Tracepoint(directory, parts[0], parts[1]);
        return directory.Exists(tracepoint.Folder) ? tracepoint : null;
    }
}
