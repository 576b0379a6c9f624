namespace PerfTrace.BpfTrace;

/// <summary>The events of a query, and of latencies those that end what they begin.</summary>
/// <param name="resolver">Finds events on this machine.</param>
internal sealed class QueryEvents(ProbeResolver resolver)
{
    private const string Enter = "syscalls:sys_enter_", Leave = "syscalls:sys_exit_", Tracepoint = "tracepoint:";

    private static readonly (string Begin, string End)[] Pairs =
        [($"{Tracepoint}{Enter}", $"{Tracepoint}{Leave}"), ("kprobe:", "kretprobe:"), ("uprobe:", "uretprobe:"), ("fentry:", "fexit:")];

    /// <summary>A place that a program is attached to.</summary>
    public sealed record Place(AttachPoint Point, ProbeTarget Target)
    {
        /// <summary>Of a tracepoint <c>system:name</c>.</summary>
        public string Event => Target.Name.StartsWith(Tracepoint, StringComparison.Ordinal) ? Target.Name[Tracepoint.Length..] : Target.Name;
    }

    /// <exception cref="ScriptException">There is no such event.</exception>
    public List<Place> Find(IEnumerable<string> names) => [.. names.SelectMany(Find).DistinctBy(static p => p.Target.Name)];

    /// <summary>The event that begins each time and the one that ends it.</summary>
    /// <exception cref="ScriptException">There is none that ends it.</exception>
    public List<(Place Begin, Place End)> FindPairs(IReadOnlyList<string> names)
    {
        List<Place> places = Find(names);
        if (places is [var first, var second] && EndOf(first) is null && BeginOf(second) is null)
            return [(first, second)];
        var pairs = new List<(Place, Place)>();
        foreach (Place place in places)
        {
            if (EndOf(place) is { } end)
                pairs.Add((place, Find(end)[0]));
            else if (BeginOf(place) is { } begin)
                pairs.Add((Find(begin)[0], place));
            else
                throw new ScriptException(place.Point.Span, $"nothing is known to end what {place.Event} begins", "give two events: the first begins a time, the second ends it in the same thread");
        }
        return [.. pairs.DistinctBy(static p => p.Item1.Target.Name)];
    }

    private static string? EndOf(Place place) => Pairs.FirstOrDefault(p => place.Target.Name.StartsWith(p.Begin, StringComparison.Ordinal)) is (Begin: { } begin, End: var end)
        ? $"{end}{place.Target.Name[begin.Length..]}" : null;

    private static string? BeginOf(Place place) => Pairs.FirstOrDefault(p => place.Target.Name.StartsWith(p.End, StringComparison.Ordinal)) is (Begin: var begin, End: { } end)
        ? $"{begin}{place.Target.Name[end.Length..]}" : null;

    private List<Place> Find(string name)
    {
        List<AttachPoint> points = Parse(name);
        var places = new List<Place>();
        foreach (AttachPoint point in points)
        {
            // Each of a pattern's events is a place of its own: kept with the pattern, each would mean them all. The functions of a kprobe's pattern are one.
            foreach (ProbeTarget target in resolver.Resolve(point))
                places.Add(new Place(point.IsPattern && !AttachPoint.HasWildcard(target.Name) ? Parse(target.Name)[0] : point, target));
        }
        return places;
    }

    private static List<AttachPoint> Parse(string name)
    {
        // Tracepoints have two parts, as everywhere; other kinds are told by their first.
        string text = QueryNames.IsProbe(name) ? name : $"{Tracepoint}{name}";
        var points = new List<AttachPoint>();
        var problems = new List<ScriptDiagnostic>();
        AttachPointParser.Parse(new SourceSpan(new ScriptSource("-Event", text), 0, text.Length), ScriptOptions.Default, points, problems);
        return problems.Count == 0 ? points : throw new ScriptException(problems);
    }
}
