namespace PerfTrace.Events.Filtering;

/// <summary>A condition on an event, in terms of the properties of its object.</summary>
public abstract record EventPredicate
{
    private EventPredicate()
    {
    }

    /// <summary>Always or never.</summary>
    public sealed record Constant(bool Value) : EventPredicate;

    /// <summary>All of them.</summary>
    public sealed record All(IReadOnlyList<EventPredicate> Parts) : EventPredicate;

    /// <summary>Any of them.</summary>
    public sealed record Any(IReadOnlyList<EventPredicate> Parts) : EventPredicate;

    public sealed record Not(EventPredicate Part) : EventPredicate;

    /// <summary>A property compared with a value.</summary>
    /// <param name="Property">The property's name, in any case.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Value">A number, text, boolean or null, as PowerShell has it.</param>
    /// <param name="IsCaseSensitive">For text: upper and lower case differ.</param>
    /// <param name="Source">The part of the user's condition, for errors.</param>
    public sealed record Compare(string Property, ComparisonOperator Operator, object? Value, bool IsCaseSensitive, string Source) : EventPredicate;

    /// <summary>A property is neither 0 nor empty.</summary>
    public sealed record Truth(string Property, string Source) : EventPredicate;

    /// <summary>A property compared with a wildcard pattern (<c>*</c>, <c>?</c>, <c>[a-z]</c>, backtick escapes).</summary>
    public sealed record Like(string Property, string Pattern, bool IsCaseSensitive, string Source) : EventPredicate;

    /// <summary>The bits of <paramref name="Mask"/> in a property are those of <paramref name="Value"/>; a null value: any of them is set.</summary>
    public sealed record Bits(string Property, ulong Mask, ulong? Value, string Source) : EventPredicate;

    /// <summary>Something that the kernel's filters have no words for.</summary>
    /// <param name="Source">The part of the user's condition.</param>
    /// <param name="Reason">Why not.</param>
    public sealed record Inexpressible(string Source, string Reason) : EventPredicate;
}
