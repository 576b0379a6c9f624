using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Synthetic events between two events: a histogram of the first remembers when, one of the second tells how long ago.</summary>
public static class SyntheticPairs
{
    // Those of synth_field_size() in kernel/trace/trace_events_synth.c that an event's field may have.
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "s64", "u64", "s32", "u32", "s16", "u16", "s8", "u8", "char", "unsigned char", "int", "unsigned int", "long", "unsigned long", "bool", "pid_t", "gfp_t",
    };

    /// <summary>Makes the event and both histograms.</summary>
    /// <param name="directory">Where the two events are counted.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="persistent">All of it outlives the session.</param>
    /// <param name="verbose">Hears what is written.</param>
    /// <exception cref="TraceHistogramSyntaxException">A field can not be one of a synthetic event.</exception>
    /// <exception cref="TracepointNotFoundException">An event is not there.</exception>
    /// <exception cref="TraceCommandException">The kernel refused a part of it.</exception>
    /// <exception cref="KernelFeatureException">This kernel has no synthetic events.</exception>
    public static SyntheticEvent Create(TracingDirectory directory, SyntheticPairRequest request, bool persistent = false, Action<string>? verbose = null)
    {
        Tracepoint start = HistogramEvents.Find(directory, request.Start);
        Tracepoint end = HistogramEvents.Find(directory, request.End);
        string[] names = [.. request.Fields.Prepend(request.EndKey).Distinct(StringComparer.Ordinal)];
        IEnumerable<string> fields = names.Select(name => $"{TypeOf(end, name)} {OwnName(name)}").Prepend($"u64 {SyntheticPairRequest.DeltaField}");
        SyntheticEvent synthetic = SyntheticEvents.Create(directory.Paths, request.Name, [.. fields], persistent, verbose);
        var histograms = new List<TraceHistogram>();
        try
        {
            // Variables are the instance's: their names have the event's in them.
            string since = $"{request.Name}_start", delta = $"{request.Name}_delta";
            histograms.Insert(0, TraceHistograms.Create(start, new TraceHistogramRequest
            {
                Keys = [request.StartKey],
                Variables = [$"{since}=common_timestamp.usecs"],
                Filter = request.StartFilter,
            }, persistent, verbose));
            histograms.Insert(0, TraceHistograms.Create(end, new TraceHistogramRequest
            {
                Keys = [request.EndKey],
                Variables = [$"{delta}=common_timestamp.usecs-${since}"],
                Filter = request.EndFilter,
                Actions = [("onmatch", new TraceHistogramAction { On = start.Event, Action = "trace", Argument = [synthetic.FullName, $"${delta}", .. names] })],
            }, persistent, verbose));
        }
        catch
        {
            foreach (TraceHistogram histogram in histograms)
                TraceHistograms.Remove(histogram);
            SyntheticEvents.Remove(synthetic);
            throw;
        }
        SyntheticEvents.Attach(synthetic, histograms);
        return synthetic;
    }

    // Every event has fields called common_…: one more of that name could not be told from them.
    private static string OwnName(string name) => name.StartsWith("common_", StringComparison.Ordinal) ? name["common_".Length..] : name;

    // The kernel takes the type that the field itself has; of others it compares the sizes, and thinks that the field has no sign.
    private static string TypeOf(Tracepoint tracepoint, string name)
    {
        EventField field = tracepoint.Fields.Concat(tracepoint.CommonFields).FirstOrDefault(f => f.Name == name)
            ?? throw new TraceHistogramSyntaxException(NearestNames.Find(name, tracepoint.Fields.Select(static f => f.Name)) is { Count: > 0 } nearest
                ? $"{tracepoint} has no field '{name}'. Did you mean {string.Join(" or ", nearest)}?"
                : $"{tracepoint} has no field '{name}'. It has {string.Join(", ", tracepoint.Fields.Select(static f => f.Name))}.");
        return field.Kind switch
        {
            EventFieldKind.FixedString => $"char[{field.Size}]",
            EventFieldKind.DynamicString => "char[]",
            EventFieldKind.Pointer => "u64",
            EventFieldKind.Integer => Types.Contains(field.TypeName) ? field.TypeName : $"u{field.Size * 8}",
            _ => throw new TraceHistogramSyntaxException($"The field {name} of {tracepoint} ({field.TypeName}) can not be one of a synthetic event."),
        };
    }
}
