using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Which records of a trace buffer are wanted, by the names of their events.</summary>
internal static class TraceEventSelection
{
    /// <summary>Tells whether the record of an event is wanted; null when none of the names is one.</summary>
    /// <param name="directory">Where the events are.</param>
    /// <param name="names">Names and wildcards; null for all.</param>
    /// <param name="problem">Hears of a name that is none.</param>
    public static Func<string, bool>? Find(TracingDirectory directory, string[]? names, Action<Exception, object?> problem)
    {
        if (names is null)
            return static _ => true;
        var filters = new List<TracepointFilter>();
        foreach (string name in names)
        {
            TracepointFilter filter = TracepointFilter.Create(name);
            if (filter.IsWildcard || filter.Find(directory).Any())
                filters.Add(filter);
            else
                problem(TracepointCatalogue.NotFound(directory, name), name);
        }
        return filters.Count == 0 ? null : name =>
        {
            int colon = name.IndexOf(':');
            return filters.Exists(f => f.Matches(colon < 0 ? "" : name[..colon], name[(colon + 1)..]));
        };
    }
}
