namespace PerfTrace.Perf;

/// <summary>Counters beside those of a baseline, event by event.</summary>
public static class CounterComparison
{
    /// <summary>Puts several figures of the same event and target together: runs to their mean, intervals to their run, processes and threads to their sum.</summary>
    public static IReadOnlyList<CounterFigure> Merge(IEnumerable<CounterFigure> figures) =>
        [.. figures.GroupBy(static f => new Place(f, true)).Select(static g => Merge([.. g]))];

    /// <summary>Compares; in the order of <paramref name="now"/>, then what only the baseline has.</summary>
    /// <param name="baseline">How it was.</param>
    /// <param name="now">How it is.</param>
    /// <param name="threshold">The growth that is allowed, as a part of the baseline.</param>
    /// <param name="minimum">The growth that is allowed in any case, as a count.</param>
    public static IEnumerable<PerfCounterDifference> Compare(IEnumerable<CounterFigure> baseline, IEnumerable<CounterFigure> now, double threshold, double minimum = 0)
    {
        CounterFigure[] before = [.. baseline], after = [.. now];
        // One program on each side is what is to be compared, whatever it is called: ./old beside ./new. With several, the names tell them apart.
        bool byTask = HasSeveral(before, static f => f.Task) || HasSeveral(after, static f => f.Task);
        bool byPlace = byTask || before.Concat(after).Any(static f => (f.Cpu ?? f.Core ?? f.Socket) is not null) || HasSeveral([.. before, .. after], static f => f.CGroup);
        Dictionary<Place, CounterFigure> known = Group(before, byTask);
        Dictionary<Place, CounterFigure> current = Group(after, byTask);
        foreach ((Place place, CounterFigure figure) in current)
        {
            known.Remove(place, out CounterFigure? old);
            yield return old is null
                ? Difference(null, figure, CounterChange.New, "The baseline does not have it." + OtherMode(figure.Event, before))
                : Compare(old, figure);
        }
        foreach (CounterFigure old in known.Values)
            yield return Difference(old, null, CounterChange.Missing, "It was not measured." + OtherMode(old.Event, after));

        PerfCounterDifference Compare(CounterFigure old, CounterFigure figure)
        {
            if (old.Value is not { } from || figure.Value is not { } to)
            {
                return Difference(old, figure, CounterChange.NotCounted,
                    figure.Value is null && old.Value is null ? $"It could not be counted, nor for the baseline ({figure.Status})."
                    : figure.Value is null ? $"It could not be counted ({figure.Status})."
                    : $"It could not be counted for the baseline ({old.Status}).");
            }
            double difference = to - from;
            return Difference(old, figure,
                difference > from * threshold && difference > minimum ? CounterChange.Regressed
                : -difference > from * threshold && -difference > minimum ? CounterChange.Improved
                : CounterChange.Unchanged, null);
        }

        PerfCounterDifference Difference(CounterFigure? old, CounterFigure? figure, CounterChange status, string? reason) => new()
        {
            Event = (figure ?? old)!.Event,
            Baseline = old?.Value,
            Value = figure?.Value,
            Unit = figure?.Unit ?? old?.Unit,
            Uncertainty = Uncertainty(old, figure),
            Threshold = threshold,
            Status = status,
            Reason = reason,
            BaselineRuns = old?.Runs ?? 0,
            Runs = figure?.Runs ?? 0,
            RunningPercent = old?.RunningPercent is { } one && figure?.RunningPercent is { } other ? Math.Min(one, other) : old?.RunningPercent ?? figure?.RunningPercent,
            Target = byPlace ? Describe((figure ?? old)!, byTask) : null,
        };
    }

    /// <summary>What to say of an event that grew too much.</summary>
    public static CounterRegressionException Error(PerfCounterDifference difference) => new(difference);

    private static Dictionary<Place, CounterFigure> Group(IEnumerable<CounterFigure> figures, bool byTask)
    {
        // In the order in which they came, which a dictionary that nothing is removed from keeps.
        var groups = new Dictionary<Place, CounterFigure>();
        foreach (var group in figures.GroupBy(f => new Place(f, byTask)))
            groups.Add(group.Key, Merge([.. group]));
        return groups;
    }

    private static CounterFigure Merge(CounterFigure[] figures)
    {
        CounterFigure first = figures[0];
        if (figures.Length == 1)
            return first;
        CounterFigure[] counted = [.. figures.Where(static f => f.Value is not null)];
        if (counted.Length == 0)
            return first with { IsInterval = false, ProcessId = null, ThreadId = null };
        CounterFigure[] parts = [.. counted.GroupBy(static f => (f.ProcessId, f.ThreadId)).Select(static g => MergeOne([.. g]))];
        // Each run of a command is a process of its own; other processes and threads ran beside each other.
        CounterFigure whole = first.Command is not null ? Mean(parts) : Sum(parts);
        return whole with
        {
            RunningPercent = counted.Min(static f => f.RunningPercent),
            IsInterval = false,
            ProcessId = null,
            ThreadId = null,
        };
    }

    private static CounterFigure MergeOne(CounterFigure[] figures) =>
        figures.Length == 1 ? figures[0] : figures.All(static f => f.IsInterval) ? Sum(figures) : Mean(figures);

    private static CounterFigure Sum(CounterFigure[] parts) => parts.Length == 1 ? parts[0]
        : parts[0] with { Value = parts.Sum(static p => p.Value), Runs = parts.Max(static p => p.Runs), RelativeError = null };

    private static CounterFigure Mean(CounterFigure[] parts)
    {
        if (parts.Length == 1)
            return parts[0];
        int runs = parts.Sum(static p => p.Runs);
        double mean = parts.Sum(static p => p.Value!.Value * p.Runs) / runs;
        double? error = null;
        if (mean != 0)
        {
            // The spread of single runs; of runs that were put together before, the spread of their means, which is no more than an estimate.
            double variance = parts.Sum(p => p.Runs * (p.Value!.Value - mean) * (p.Value!.Value - mean)) / (parts.Length - 1);
            error = 100 * Math.Sqrt(variance / runs) / mean;
        }
        return parts[0] with { Value = mean, Runs = runs, RelativeError = error };
    }

    private static double? Uncertainty(CounterFigure? old, CounterFigure? figure)
    {
        if (old?.Value is not > 0 || figure?.Value is not { } value || (old.RelativeError ?? figure.RelativeError) is null)
            return null;
        double before = (old.RelativeError ?? 0) / 100, after = (figure.RelativeError ?? 0) / 100;
        return value / old.Value * Math.Sqrt((before * before) + (after * after));
    }

    private static bool HasSeveral(IReadOnlyList<CounterFigure> figures, Func<CounterFigure, string?> key) => figures.Select(key).Distinct(StringComparer.Ordinal).Skip(1).Any();

    // Without CAP_PERFMON user space alone is counted, and :u is added to the names: a baseline of root is another thing.
    private static string OtherMode(string name, CounterFigure[] others)
    {
        string twin = name.EndsWith(":u", StringComparison.Ordinal) ? name[..^2] : name + ":u";
        return others.Any(o => o.Event == twin) ? $" There is {twin}: user space alone is counted where the rights allow no more." : "";
    }

    private static string? Describe(CounterFigure figure, bool byTask)
    {
        string place = figure.Cpu is { } cpu ? $"CPU {cpu}"
            : figure.Core is { } core ? $"socket {figure.Socket}, core {core}"
            : figure.Socket is { } socket ? $"socket {socket}" : "";
        string task = figure.CGroup ?? (byTask ? figure.Task : null) ?? "";
        return task.Length > 0 && place.Length > 0 ? $"{task} on {place}" : task.Length + place.Length > 0 ? task + place : null;
    }

    // Numbers of processes and threads differ from one measurement to the next.
    private readonly record struct Place(string Event, string? Task, string? CGroup, int? Cpu, int? Core, int? Socket)
    {
        public Place(CounterFigure figure, bool byTask)
            : this(figure.Event, byTask ? figure.Task : null, figure.CGroup, figure.Cpu, figure.Core, figure.Socket)
        {
        }
    }
}
