namespace PerfTrace.Events.Filtering;

/// <summary>A piece of a filter: text, or a truth that is known before, or something that can not be said.</summary>
internal readonly record struct FilterTerm(string? Text, int Level, bool? Value, EventPredicate.Inexpressible? Problem)
{
    // How tightly the operators of the kernel's filters bind.
    public const int OrLevel = 1, AndLevel = 2, AtomLevel = 3;

    public static FilterTerm Atom(string text) => new(text, AtomLevel, null, null);

    public static FilterTerm Of(bool value) => new(null, AtomLevel, value, null);

    public static FilterTerm Inexpressible(string source, string reason) => new(null, AtomLevel, null, new EventPredicate.Inexpressible(source, reason));

    public string AsOperand(int level) => Level < level ? $"({Text})" : Text!;

    public FilterTerm Negate() =>
        Problem is not null ? this
        : Value is { } value ? Of(!value)
        : Atom($"!({Text})");
}
