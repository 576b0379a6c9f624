namespace PerfTrace.BpfTrace;

/// <summary>A query as a script's tree, and what its maps hold.</summary>
/// <param name="Script">The tree.</param>
/// <param name="Events">The names of events by those of their probes.</param>
/// <param name="Groups">The values that make a group, in the order of the key.</param>
/// <param name="HasEvent">The key tells the event: there are several.</param>
internal sealed record QueryPlan(ReadScript Script, IReadOnlyDictionary<string, string> Events, IReadOnlyList<(string Name, ScriptType Type)> Groups, bool HasEvent)
{
    public const string Count = "@count", Sum = "@sum", Minimum = "@minimum", Maximum = "@maximum", Average = "@average", Histogram = "@histogram";

    /// <summary>When each thread began what is timed; the processes that are measured.</summary>
    public const string Start = "@start", Targets = "@targets";

    /// <summary>The maps of the results.</summary>
    public static readonly string[] Results = [Count, Sum, Minimum, Maximum, Average, Histogram];

    /// <summary>Of one event the result without groups is zero where nothing came.</summary>
    public string? LoneEvent => HasEvent || Groups.Count > 0 ? null : Events.Values.First();
}
