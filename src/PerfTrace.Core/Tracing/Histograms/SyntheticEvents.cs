using System.Text.RegularExpressions;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Makes, lists and removes synthetic events (tracing/synthetic_events; CONFIG_SYNTH_EVENTS). They are the machine's, not an instance's.</summary>
public static partial class SyntheticEvents
{
    /// <summary>The system that all of them are in.</summary>
    public const string SystemName = "synthetic";

    private const string FileName = "synthetic_events";

    private static readonly Lock Gate = new();

    /// <summary>What this session made, by its full name; with the histograms that make the event.</summary>
    private static readonly Dictionary<string, (OwnedTraceResource? Resource, IReadOnlyList<TraceHistogram> Histograms)> Made = new(StringComparer.Ordinal);

    /// <summary>Makes a synthetic event.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="name">Its name; in tracefs the owner's prefix is before it unless it is persistent.</param>
    /// <param name="fields">Type and name of each field, as in C: <c>u64 lat</c>, <c>char comm[16]</c>.</param>
    /// <param name="persistent">It outlives the session, under just this name.</param>
    /// <param name="verbose">Hears what is written.</param>
    /// <exception cref="TraceHistogramSyntaxException">Name or fields are in no form that could be a synthetic event's.</exception>
    /// <exception cref="TraceCommandException">The kernel refused it and said why: a type that is none, say.</exception>
    /// <exception cref="KernelFeatureException">This kernel has no synthetic events.</exception>
    public static SyntheticEvent Create(SystemPaths paths, string name, IReadOnlyList<string> fields, bool persistent = false, Action<string>? verbose = null)
    {
        TracingDirectory top = Open(paths, verbose);
        string fullName = persistent ? name : TraceOwner.Current.NameOf(name);
        string command = $"{CheckName(fullName)} {string.Join("; ", fields.Select(CheckField))}";
        verbose?.Invoke($"{FileName}: {command}");
        try
        {
            TraceCommand.Append(top, FileName, command);
        }
        catch (TraceCommandException e) when (e.Reason == "Event already exists")
        {
            throw KernelException.Create(Errno.EEXIST, "write", Path.Combine(top.Path, FileName), $"There is a synthetic event '{name}' already.");
        }
        catch (TraceCommandException e) when (e.Reason is "Invalid type" or "Incomplete type")
        {
            throw e.WithAdvice("Types are s8, u8, s16, u16, s32, u32, s64, u64, char, int, long and their unsigned kinds, bool, pid_t, gfp_t, char[N] for a string, char[] for one of any length, and long[] for a stack.");
        }
        OwnedTraceResource? resource = persistent ? null : TraceSession.Current.Own($"synthetic event {fullName}", () => RemoveIfThere(top, fullName));
        lock (Gate)
            Made[fullName] = (resource, []);
        return new SyntheticEvent(new Tracepoint(top, SystemName, fullName), string.Join("; ", fields));
    }

    /// <summary>All synthetic events, sorted by name.</summary>
    /// <exception cref="KernelFeatureException">This kernel has none.</exception>
    public static IReadOnlyList<SyntheticEvent> List(SystemPaths paths, Action<string>? verbose = null)
    {
        TracingDirectory top = Open(paths, verbose);
        var events = new List<SyntheticEvent>();
        foreach (string line in top.ReadText(FileName).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // NAME, a tab, fields
            string[] parts = line.Split((char[])[' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            events.Add(new SyntheticEvent(new Tracepoint(top, SystemName, parts[0]), parts.Length > 1 ? parts[1] : ""));
        }
        events.Sort(static (a, b) => string.CompareOrdinal(a.FullName, b.FullName));
        return events;
    }

    /// <summary>Removes a synthetic event, and before it the histograms that were made with it.</summary>
    /// <exception cref="KernelException">Something uses it (EBUSY), or it is gone.</exception>
    public static void Remove(SyntheticEvent synthetic)
    {
        (OwnedTraceResource? Resource, IReadOnlyList<TraceHistogram> Histograms) made;
        lock (Gate)
            Made.TryGetValue(synthetic.FullName, out made);
        if (made.Histograms is { Count: > 0 })
            RequireUnused(synthetic); // before what makes it is taken away
        foreach (TraceHistogram histogram in made.Histograms ?? [])
        {
            try
            {
                TraceHistograms.Remove(histogram);
            }
            catch (Exception e) when (e is TraceHistogramNotFoundException or TraceInstanceNotFoundException)
            {
                // Removed on its own.
            }
        }
        Write(synthetic.Tracepoint.Directory, synthetic.FullName);
        made.Resource?.Forget();
        lock (Gate)
            Made.Remove(synthetic.FullName);
    }

    /// <summary>The error for a name that is none: with the nearest ones.</summary>
    public static TracepointNotFoundException NotFound(string name, IEnumerable<SyntheticEvent> all) =>
        new($"{SystemName}:{name}", NearestNames.Find(name, all.Select(static e => e.Name)));

    /// <exception cref="KernelFeatureException">This kernel has no synthetic events.</exception>
    public static void RequireSupport(SystemPaths paths) => Open(paths, null);

    /// <summary>The name in tracefs: of a synthetic event of this session's with its owner's prefix, else as it is.</summary>
    internal static string FullNameOf(string name)
    {
        string fullName = TraceOwner.Current.NameOf(name);
        lock (Gate)
            return Made.ContainsKey(fullName) ? fullName : name;
    }

    /// <summary>Remembers the histograms that an event goes with.</summary>
    internal static void Attach(SyntheticEvent synthetic, IReadOnlyList<TraceHistogram> histograms)
    {
        lock (Gate)
            Made[synthetic.FullName] = (Made[synthetic.FullName].Resource, histograms);
    }

    private static void RequireUnused(SyntheticEvent synthetic)
    {
        TracingDirectory top = synthetic.Tracepoint.Directory;
        foreach (TracingDirectory directory in top.DirectoryNames("instances").Select(top.TryOpenInstance).OfType<TracingDirectory>().Prepend(top))
        {
            Tracepoint tracepoint = synthetic.Tracepoint.In(directory);
            if (tracepoint.Enabled || tracepoint.Triggers.Count > 0)
                throw top.Explain(Errno.EBUSY, "write", FileName);
        }
    }

    private static TracingDirectory Open(SystemPaths paths, Action<string>? verbose)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        return top.Exists(FileName) ? top
            : throw KernelException.Create(Errno.EOPNOTSUPP, "open", Path.Combine(top.Path, FileName), "This kernel was built without synthetic events (CONFIG_SYNTH_EVENTS, which needs CONFIG_HIST_TRIGGERS).");
    }

    private static void RemoveIfThere(TracingDirectory top, string fullName)
    {
        lock (Gate)
            Made.Remove(fullName);
        if (top.Exists($"events/{SystemName}/{fullName}"))
            Write(top, fullName);
    }

    private static void Write(TracingDirectory top, string fullName) => TraceCommand.Append(top, FileName, "!" + CheckName(fullName));

    private static string CheckName(string name) =>
        NameForm().IsMatch(name) ? name : throw new TraceHistogramSyntaxException($"'{name}' is no name for an event: letters, digits and underscores make one, and no digit comes first.");

    private static string CheckField(string field) =>
        FieldForm().IsMatch(field) ? field.Trim() : throw new TraceHistogramSyntaxException($"'{field}' is no field: write its type and its name, as in 'u64 lat' or 'char comm[16]'.");

    [GeneratedRegex(@"^[A-Za-z_]\w*$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^\s*\w+(?: +\w+)*(?:\[\w*\])? +\w+(?:\[\w*\])?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex FieldForm();
}
