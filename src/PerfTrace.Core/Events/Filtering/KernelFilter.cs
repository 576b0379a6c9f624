namespace PerfTrace.Events.Filtering;

/// <summary>What the kernel does of a condition.</summary>
/// <param name="Text">A filter in the kernel's language; null when it lets every event pass.</param>
/// <param name="IsNever">No event can meet the condition: there is nothing to watch.</param>
/// <param name="Left">What the kernel can not do. Then the filter lets pass what may meet the condition, and the rest is the client's.</param>
public sealed record KernelFilter(string? Text, bool IsNever, IReadOnlyList<EventPredicate.Inexpressible> Left)
{
    /// <summary>The kernel decides alone.</summary>
    public bool IsComplete => Left.Count == 0;

    /// <summary>Puts a condition into the kernel's language (Documentation/trace/events.rst, "Event filtering").</summary>
    /// <param name="predicate">The condition.</param>
    /// <param name="schema">The event that it is about: another event may have other fields.</param>
    public static KernelFilter Create(EventPredicate predicate, EventSchema schema)
    {
        var left = new List<EventPredicate.Inexpressible>();
        var writer = new KernelFilterWriter(schema);
        var kept = new List<string>();
        bool isNever = false;
        foreach (EventPredicate part in Conjuncts(predicate))
        {
            FilterTerm term = writer.Write(part);
            if (term.Problem is { } problem)
                left.Add(problem);
            else if (term.Value is { } value)
                isNever |= !value;
            else
                kept.Add(term.AsOperand(FilterTerm.AndLevel));
        }
        if (isNever)
            return new KernelFilter(null, true, []);
        // A lone operand needs no parentheses around it.
        string? text = kept.Count == 0 ? null
            : kept.Count == 1 && left.Count == 0 ? writer.Write(predicate).Text
            : string.Join(" && ", kept);
        return new KernelFilter(text, false, left);
    }

    private static IEnumerable<EventPredicate> Conjuncts(EventPredicate predicate) =>
        predicate is EventPredicate.All all ? all.Parts.SelectMany(Conjuncts) : [predicate];
}
