using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets share that look for histograms.</summary>
public abstract class TraceHistogramCommand : TraceInstanceCommand
{
    private protected const string EventSet = "Event", ObjectSet = "Object";

    /// <summary>Histograms, from New-TraceHistogram or Get-TraceHistogram -Summary.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public TraceHistogram[] InputObject { get; set; } = [];

    /// <summary>Only histograms of this name; wildcards.</summary>
    [Parameter(ParameterSetName = EventSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>What the core throws when something stands in the way of one histogram.</summary>
    private protected bool TryOne(object? target, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (IsProblem(e) || e is TraceHistogramNotFoundException or TraceHistogramFormatException or TraceHistogramSyntaxException)
        {
            WriteProblem(e, target);
            return false;
        }
    }

    /// <summary>The histograms of events, as wildcards or names; with errors for events that are none.</summary>
    private protected IReadOnlyList<TraceHistogram> Find(string[] events)
    {
        var found = new List<TraceHistogram>();
        if (ParameterSetName == ObjectSet)
            return InputObject;
        if (FindTarget() is not { } target)
            return found;
        TryOne(Instance, () =>
        {
            TraceHistograms.RequireSupport(target.LookUp);
            // A session that has made nothing yet has no histograms.
            bool isThere = TopLevel || !string.IsNullOrEmpty(Instance) || target.LookUp.Instance is not null;
            List<TraceHistogram> all = isThere ? [.. TraceHistograms.List(target.Require())] : [];
            foreach (string name in events)
                Match(target.LookUp, name, all, found);
        });
        if (Name is null || found.Count == 0)
            return Named(found, null);
        return Named(found, WildcardPattern.Get(Name, WildcardOptions.IgnoreCase));
    }

    private void Match(TracingDirectory directory, string name, List<TraceHistogram> all, List<TraceHistogram> found)
    {
        TracepointFilter filter = TracepointFilter.Create(name);
        string? exact = null;
        if (!filter.IsWildcard && !all.Any(h => filter.Matches(h.Event)))
            TryOne(name, () => exact = TraceHistograms.FindEvent(directory, name).Event);
        foreach (TraceHistogram histogram in all)
        {
            if ((histogram.Event == exact || filter.Matches(histogram.Event)) && !found.Contains(histogram))
                found.Add(histogram);
        }
    }

    private List<TraceHistogram> Named(List<TraceHistogram> found, WildcardPattern? pattern)
    {
        List<TraceHistogram> named = pattern is null ? found : found.FindAll(h => h.Name is not null && pattern.IsMatch(h.Name));
        if (Name is not null && named.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(Name))
            WriteProblem(new TraceHistogramNotFoundException(Name, [.. found.Select(static h => h.Name).OfType<string>().Distinct()]), Name);
        return named;
    }
}
