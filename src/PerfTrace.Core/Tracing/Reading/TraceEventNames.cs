using PerfTrace.Events;
using PerfTrace.Events.Matching;

namespace PerfTrace.Tracing;

/// <summary>Events by the name that a line of text has, which tells no system. Several systems can have events of one name.</summary>
/// <param name="lookUp">The formats of the events of a name.</param>
internal sealed class TraceEventNames(Func<string, IReadOnlyList<EventFormat>> lookUp)
{
    private readonly Dictionary<string, IReadOnlyList<Known>> _known = new(StringComparer.Ordinal);

    /// <summary>An event and how its text is read.</summary>
    internal sealed record Known(EventSchema Schema, MessageMatcher? Matcher);

    /// <summary>Those of the kernel.</summary>
    public static TraceEventNames Of(TracingDirectory directory)
    {
        var systems = new Lazy<IReadOnlyList<string>>(() => directory.DirectoryNames("events"));
        return new TraceEventNames(name => !TraceName.IsName(name) ? []
            : [.. systems.Value.Select(system => TracepointCatalogue.Find(directory, system, name)).OfType<Tracepoint>().Select(static t => t.Format)]);
    }

    public IReadOnlyList<Known> Find(string name)
    {
        if (!_known.TryGetValue(name, out IReadOnlyList<Known>? found))
        {
            found = [.. lookUp(name).Select(EventSchemas.For).Select(static s => new Known(s, MessageMatcher.Create(s)))];
            _known.Add(name, found);
        }
        return found;
    }
}
