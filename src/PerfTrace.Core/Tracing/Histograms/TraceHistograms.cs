using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Makes, reads and removes histograms (Documentation/trace/histogram.rst; CONFIG_HIST_TRIGGERS).</summary>
public static class TraceHistograms
{
    private static readonly Lock Gate = new();

    /// <summary>What this session made, with the command that made it.</summary>
    private static readonly Dictionary<(string Path, string Trigger), (OwnedTraceResource? Resource, string Command)> Made = [];

    private static int s_counter;

    /// <summary>The trigger as it would be written.</summary>
    /// <param name="directory">Where its actions' events are looked up.</param>
    /// <param name="request">What is wanted.</param>
    /// <exception cref="TraceHistogramSyntaxException">A part of the request is in no form that could be a histogram's.</exception>
    /// <exception cref="TracepointNotFoundException">An action refers to an event that is not there.</exception>
    public static string Preview(TracingDirectory directory, TraceHistogramRequest request) =>
        request.ToText(name => HistogramEvents.Find(directory, name).Event);

    /// <summary>Makes a histogram.</summary>
    /// <param name="tracepoint">The event, in the instance where it is to be counted.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="persistent">It outlives the session.</param>
    /// <param name="verbose">Hears what is written.</param>
    /// <exception cref="TraceHistogramSyntaxException">A part of the request is in no form that could be a histogram's.</exception>
    /// <exception cref="TracepointNotFoundException">An action refers to an event that is not there.</exception>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    /// <exception cref="KernelFeatureException">This kernel has no histograms.</exception>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public static TraceHistogram Create(Tracepoint tracepoint, TraceHistogramRequest request, bool persistent = false, Action<string>? verbose = null)
    {
        TracingDirectory directory = tracepoint.Directory;
        Require(tracepoint);
        if (!persistent)
            request = request with { Name = OwnersName(directory, request.Name) };
        string command = Preview(directory, request);
        IReadOnlyList<string> before = tracepoint.Triggers;
        verbose?.Invoke($"{TriggerFile(tracepoint)}: {command}");
        Write(tracepoint, command, request.Keys.Concat(request.Values).Concat(request.Sort));
        HistogramTriggerInfo? info = tracepoint.Triggers.Except(before).Select(HistogramTriggerInfo.Parse).FirstOrDefault(static i => i is not null);
        // To make a histogram paused that is there already is to pause that one.
        if (info is null)
            throw KernelException.Create(Errno.EEXIST, "write", TriggerPath(tracepoint), "There is such a histogram already.");
        command = Preview(directory, request with { Paused = false });
        OwnedTraceResource? resource = persistent ? null
            : TraceSession.Current.Own($"histogram {info.Text} of {tracepoint}", () => RemoveIfThere(tracepoint, info.Text, command));
        lock (Gate)
            Made[(directory.Path, Identity(tracepoint, info.Text))] = (resource, command);
        return new TraceHistogram(directory, tracepoint, info, 0, 0, 0, null);
    }

    /// <summary>The histograms of an event, with their totals.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no histograms.</exception>
    public static IReadOnlyList<TraceHistogram> Of(Tracepoint tracepoint) => [.. Read(tracepoint, false).Select(static h => h.Histogram)];

    /// <summary>All histograms of a directory.</summary>
    /// <inheritdoc cref="Of"/>
    public static IEnumerable<TraceHistogram> List(TracingDirectory directory)
    {
        RequireSupport(directory);
        return HistogramEvents.WithTriggers(directory).SelectMany(Of);
    }

    /// <summary>A histogram as it is now, with its buckets in the kernel's order.</summary>
    /// <exception cref="TraceHistogramNotFoundException">It has been removed.</exception>
    public static (TraceHistogram Histogram, IReadOnlyList<TraceHistogramEntry> Entries) Read(TraceHistogram histogram)
    {
        foreach ((TraceHistogram now, IReadOnlyList<TraceHistogramEntry> entries) in Read(histogram.Tracepoint, true))
        {
            if (now.Trigger == histogram.Trigger)
                return (now, entries);
        }
        throw new TraceHistogramNotFoundException(histogram);
    }

    /// <summary>Stops counting, goes on with it, or forgets what has been counted.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="action"><c>pause</c>, <c>continue</c> or <c>clear</c>.</param>
    /// <exception cref="TraceHistogramNotFoundException">It has been removed.</exception>
    public static void Control(TraceHistogram histogram, TraceHistogramControl action)
    {
        if (!IsThere(histogram.Tracepoint, histogram.Trigger))
            throw new TraceHistogramNotFoundException(histogram); // the kernel would make one
        string command = CommandOf(histogram);
        string word = action switch { TraceHistogramControl.Pause => ":pause", TraceHistogramControl.Continue => ":continue", _ => ":clear" };
        int filterAt = command.IndexOf(" if ", StringComparison.Ordinal);
        Write(histogram.Tracepoint, filterAt < 0 ? command + word : command.Insert(filterAt, word), []);
    }

    /// <summary>Removes a histogram.</summary>
    /// <exception cref="KernelException">Another histogram refers to its variables (EBUSY).</exception>
    /// <exception cref="TraceHistogramNotFoundException">It has been removed.</exception>
    public static void Remove(TraceHistogram histogram)
    {
        if (!IsThere(histogram.Tracepoint, histogram.Trigger))
            throw new TraceHistogramNotFoundException(histogram);
        RemoveTrigger(histogram.Tracepoint, histogram.Trigger, CommandOf(histogram));
        lock (Gate)
        {
            if (Made.Remove((histogram.Directory.Path, Identity(histogram.Tracepoint, histogram.Trigger)), out var made))
                made.Resource?.Forget();
        }
    }

    /// <summary>
    /// Removes all histograms of a directory, those that refer to others before these. An instance needs that before it is removed: with histograms
    /// of a synthetic event still in it, the kernel would take that event for used for ever.
    /// </summary>
    public static void RemoveAll(TracingDirectory directory)
    {
        if (!IsSupported(directory))
            return;
        Remove([.. List(directory)], static (_, problem) => throw problem);
    }

    /// <summary>Removes histograms, those that refer to others' variables before these.</summary>
    /// <param name="histograms">The histograms, in any order.</param>
    /// <param name="problem">Hears of those that can not be removed.</param>
    public static void Remove(IReadOnlyList<TraceHistogram> histograms, Action<TraceHistogram, Exception> problem)
    {
        List<TraceHistogram> left = [.. histograms.Reverse()];
        var busy = new List<(TraceHistogram Histogram, Exception Problem)>();
        do
        {
            busy.Clear();
            int before = left.Count;
            foreach (TraceHistogram histogram in left)
            {
                try
                {
                    Remove(histogram);
                }
                catch (KernelException e) when (e.Errno == Errno.EBUSY)
                {
                    busy.Add((histogram, e));
                }
                catch (Exception e) when (e is KernelException or TraceHistogramNotFoundException or TraceInstanceNotFoundException)
                {
                    problem(histogram, e);
                }
            }
            left = [.. busy.Select(static b => b.Histogram)];
            if (left.Count == before)
                break;
        }
        while (left.Count > 0);
        foreach ((TraceHistogram histogram, Exception e) in busy)
            problem(histogram, e);
    }

    /// <summary>The event that a user names: also a synthetic event of this session's by its short name.</summary>
    /// <exception cref="TracepointNotFoundException">There is none.</exception>
    public static Tracepoint FindEvent(TracingDirectory directory, string name) => HistogramEvents.Find(directory, name);

    /// <exception cref="KernelFeatureException">This kernel has no histograms.</exception>
    public static void RequireSupport(TracingDirectory directory)
    {
        if (!IsSupported(directory))
            throw KernelException.Create(Errno.EOPNOTSUPP, "open", "hist", "This kernel was built without histograms (CONFIG_HIST_TRIGGERS).");
    }

    /// <summary>This kernel has histograms.</summary>
    public static bool IsSupported(TracingDirectory directory) => directory.Top.ReadText("README").Contains("hist trigger", StringComparison.Ordinal);

    internal static bool IsOwned(TraceHistogram histogram)
    {
        lock (Gate)
            return Made.TryGetValue((histogram.Directory.Path, Identity(histogram.Tracepoint, histogram.Trigger)), out var made) && made.Resource is not null;
    }

    private static List<(TraceHistogram Histogram, IReadOnlyList<TraceHistogramEntry> Entries)> Read(Tracepoint tracepoint, bool withEntries)
    {
        Require(tracepoint);
        TracingDirectory directory = tracepoint.Directory;
        var all = new List<(TraceHistogram, IReadOnlyList<TraceHistogramEntry>)>();
        if (!tracepoint.Triggers.Any(static t => t.StartsWith("hist:", StringComparison.Ordinal)))
            return all;
        // An event may have a field of its own called as a common one is; the kernel looks for its own first (trace_find_event_field()).
        Dictionary<string, EventField> fields = tracepoint.CommonFields.ToDictionary(static f => f.Name, StringComparer.Ordinal);
        foreach (EventField field in tracepoint.Fields)
            fields[field.Name] = field;
        string text = directory.ReadText($"{tracepoint.Folder}/hist");
        foreach (HistogramText read in HistogramReader.Parse(text, name => fields.GetValueOrDefault(name), withEntries))
        {
            var histogram = new TraceHistogram(directory, tracepoint, read.Info, read.Hits, read.EntryCount, read.Dropped, read.Snapshot);
            all.Add((histogram, [.. read.Entries.Select(e => new TraceHistogramEntry(histogram, e.Key, e.Values, e.Maximum, e.Changed, e.Saved))]));
        }
        return all;
    }

    private static void Write(Tracepoint tracepoint, string command, IEnumerable<string> fields)
    {
        try
        {
            TraceCommand.Append(tracepoint.Directory, TriggerFile(tracepoint), command);
        }
        catch (TraceCommandException e) when (e.Reason == "Couldn't find field")
        {
            var names = tracepoint.Fields.Concat(tracepoint.CommonFields).Select(static f => f.Name).ToHashSet(StringComparer.Ordinal);
            IEnumerable<string> nearest = fields.Select(static f => f.Split('.')[0]).Where(f => !names.Contains(f)).SelectMany(f => NearestNames.Find(f, names)).Distinct();
            string advice = string.Join(" or ", nearest) is { Length: > 0 } found
                ? $"Did you mean {found}?"
                : $"{tracepoint} has {string.Join(", ", tracepoint.Fields.Select(static f => f.Name))}.";
            throw e.WithAdvice(advice);
        }
        catch (TraceCommandException e) when (e.Errno == Errno.EEXIST)
        {
            throw KernelException.Create(Errno.EEXIST, "write", TriggerPath(tracepoint), "There is such a histogram already.");
        }
    }

    private static void RemoveIfThere(Tracepoint tracepoint, string trigger, string command)
    {
        lock (Gate)
            Made.Remove((tracepoint.Directory.Path, Identity(tracepoint, trigger)));
        if (!tracepoint.Directory.IsGone && tracepoint.Directory.Exists(TriggerFile(tracepoint)) && IsThere(tracepoint, trigger))
            RemoveTrigger(tracepoint, trigger, command);
    }

    private static void RemoveTrigger(Tracepoint tracepoint, string trigger, string command)
    {
        TraceCommand.Append(tracepoint.Directory, TriggerFile(tracepoint), "!" + command);
        // What matches no trigger is no error to the kernel.
        if (IsThere(tracepoint, trigger))
            throw KernelException.Create(Errno.ENOENT, "write", TriggerPath(tracepoint), $"The kernel did not take '!{command}' for the histogram.");
    }

    private static bool IsThere(Tracepoint tracepoint, string trigger) => tracepoint.Triggers.Any(t => HistogramTriggerInfo.Parse(t)?.Text == trigger);

    // What an instance's name does not tell, the histogram's own does: whose it is.
    private static string? OwnersName(TracingDirectory directory, string? name) =>
        name is not null ? TraceOwner.Current.NameOf(name)
        : directory.IsOwned ? null
        : TraceOwner.Current.NameOf($"histogram{Interlocked.Increment(ref s_counter)}");

    private static string CommandOf(TraceHistogram histogram)
    {
        lock (Gate)
        {
            return Made.TryGetValue((histogram.Directory.Path, Identity(histogram.Tracepoint, histogram.Trigger)), out var made)
                ? made.Command
                : histogram.Info.Command;
        }
    }

    private static string TriggerFile(Tracepoint tracepoint) => $"{tracepoint.Folder}/trigger";

    private static string TriggerPath(Tracepoint tracepoint) => Path.Combine(tracepoint.Directory.Path, TriggerFile(tracepoint));

    private static string Identity(Tracepoint tracepoint, string trigger) => $"{tracepoint.Event} {trigger}";

    private static void Require(Tracepoint tracepoint)
    {
        TracingDirectory directory = tracepoint.Directory;
        if (directory.Exists($"{tracepoint.Folder}/hist") && directory.Exists(TriggerFile(tracepoint)))
            return;
        if (directory.IsGone || !directory.Exists($"{tracepoint.Folder}/format"))
            throw directory.Explain(Errno.ENOENT, "open", TriggerFile(tracepoint));
        RequireSupport(directory);
        throw KernelException.Create(Errno.EOPNOTSUPP, "open", TriggerPath(tracepoint), "This event can have no triggers.");
    }
}
