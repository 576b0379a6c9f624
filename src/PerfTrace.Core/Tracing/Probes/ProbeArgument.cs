namespace PerfTrace.Tracing;

/// <summary>An argument that a probe fetches, in the kernel's words (Documentation/trace/kprobetrace.rst).</summary>
/// <param name="Name">The field of the event; null lets the kernel choose (<c>arg1</c>, or the parameter's own name).</param>
/// <param name="Expression">What is fetched, with its type: <c>+0($arg2):ustring</c>.</param>
public sealed record ProbeArgument(string? Name, string Expression)
{
    /// <summary>Takes <c>name=expression</c> or an expression alone. Only the kernel knows what is right in it.</summary>
    /// <exception cref="ProbeSyntaxException">It is not one word.</exception>
    public static ProbeArgument Parse(string text)
    {
        ProbeText.CheckWord(text, $"The fetch argument '{text}'");
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new ProbeArgument(null, text) : new ProbeArgument(text[..equals], text[(equals + 1)..]);
    }

    public override string ToString() => Name is null ? Expression : $"{Name}={Expression}";
}
