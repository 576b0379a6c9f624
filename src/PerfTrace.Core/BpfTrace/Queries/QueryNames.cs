using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

/// <summary>The names that queries take.</summary>
internal static class QueryNames
{
    /// <summary>It is a probe of the language, by its first part; else a tracepoint.</summary>
    public static bool IsProbe(string name) => name.Split(':')[0] is { Length: > 2 } first && ProbeProviders.Find(first) != ProbeProvider.None;

    /// <summary>The properties that events have.</summary>
    /// <param name="events">Their names.</param>
    /// <param name="isNumber">Only what can be added up.</param>
    /// <param name="isLatency">The events begin or end a time: fields of both ends are there.</param>
    public static IReadOnlyList<string> Properties(IReadOnlyList<string> events, bool isNumber, bool isLatency)
    {
        var names = new List<string>();
        if (isLatency)
            names.Add(QueryProperties.LatencyName);
        try
        {
            var types = new RecordTypes(new ScriptTree { Source = new ScriptSource("", "") });
            var found = new QueryEvents(new ProbeResolver(new ProbeTypes(types), ProbeOptions.Default, SystemPaths.Default));
            IEnumerable<QueryEvents.Place> places = isLatency ? found.FindPairs(events).SelectMany(static p => new[] { p.End, p.Begin }) : found.Find(events);
            foreach (RecordField field in places.SelectMany(static p => p.Target.Context.Arguments?.Fields ?? []))
            {
                if (QueryProperties.IsUsable(field, isNumber))
                    names.Add(field.Name);
            }
        }
        catch (Exception e) when (e is KernelException or ScriptException)
        {
            // Whoever measures gets the error.
        }
        return [.. names.Concat(isNumber ? [] : QueryProperties.KnownNames).Distinct(StringComparer.Ordinal)];
    }
}
