using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PerfTrace.Tracing;

/// <summary>A histogram to be made.</summary>
public sealed partial record TraceHistogramRequest
{
    /// <summary>Words that have a meaning of their own where a variable's name stands.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "key", "keys", "val", "vals", "values", "sort", "name", "clock", "size" };

    /// <summary>The key's fields with their modifiers: <c>next_comm</c>, <c>bytes_req.log2</c>, <c>common_stacktrace</c>.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Fields to sum up.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>What to remember: <c>ts0=common_timestamp.usecs</c>.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Fields to sort by, with <c>.descending</c> or without.</summary>
    public IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>Room for so many buckets; the kernel rounds up to a power of two. 0 for its default.</summary>
    public int Size { get; init; }

    /// <summary>A name, under which several events count together.</summary>
    public string? Name { get; init; }

    /// <summary>The clock of timestamps.</summary>
    public string? Clock { get; init; }

    /// <summary>Do not count yet.</summary>
    public bool Paused { get; init; }

    /// <summary>The handlers: <c>onmatch</c>, <c>onmax</c> or <c>onchange</c>, with what each does.</summary>
    public IReadOnlyList<(string Handler, TraceHistogramAction Action)> Actions { get; init; } = [];

    /// <summary>Which events to count.</summary>
    public string? Filter { get; init; }

    /// <summary>The kernel's text. What can not stand in its place is refused here: fields and names go no further than their part of it.</summary>
    /// <param name="eventName">Gives an event's name in tracefs for the name of a user.</param>
    /// <exception cref="TraceHistogramSyntaxException">A part can not stand there.</exception>
    internal string ToText(Func<string, string> eventName)
    {
        var text = new StringBuilder("hist:");
        if (Name is not null)
            text.Append("name=").Append(NameForm().IsMatch(Name) ? Name : throw new TraceHistogramSyntaxException($"'{Name}' is no name for a histogram: letters, digits and underscores make one.")).Append(':');
        if (Keys.Count == 0)
            throw new TraceHistogramSyntaxException("A histogram needs a key.");
        text.Append("keys=").AppendJoin(',', Keys.Select(static k => CheckField(k, "key")));
        if (Values.Count > 0)
            text.Append(":vals=").AppendJoin(',', Values.Select(static v => CheckField(v, "value")));
        foreach (string variable in Variables)
            text.Append(':').Append(CheckVariable(variable));
        if (Sort.Count > 0)
            text.Append(":sort=").AppendJoin(',', Sort.Select(static s => CheckField(s, "sort field")));
        if (Size > 0)
            text.Append(CultureInfo.InvariantCulture, $":size={Size}");
        if (Clock is not null)
            text.Append(":clock=").Append(ClockForm().IsMatch(Clock) ? Clock : throw new TraceHistogramSyntaxException($"'{Clock}' is no clock."));
        if (Paused)
            text.Append(":pause");
        foreach ((string handler, TraceHistogramAction action) in Actions)
            text.Append(':').Append(action.ToText(handler, eventName));
        if (!string.IsNullOrWhiteSpace(Filter))
            text.Append(" if ").Append(Filter.Trim());
        return text.ToString();
    }

    private static string CheckField(string field, string what) =>
        FieldForm().IsMatch(field) ? field : throw new TraceHistogramSyntaxException($"'{field}' can not be the {what} of a histogram: a field is a name with modifiers, such as prio or bytes_req.buckets=100.");

    private static string CheckVariable(string variable)
    {
        Match match = VariableForm().Match(variable);
        return !match.Success ? throw new TraceHistogramSyntaxException($"'{variable}' is no variable of a histogram: write NAME=EXPRESSION, such as ts0=common_timestamp.usecs.")
            : Reserved.Contains(match.Groups["name"].Value) ? throw new TraceHistogramSyntaxException($"A variable can not be called '{match.Groups["name"].Value}': that is a word of the kernel's own.")
            : $"{match.Groups["name"].Value}={match.Groups["value"].Value.Replace(" ", "", StringComparison.Ordinal)}";
    }

    [GeneratedRegex(@"^\w+(?:[.][\w-]+(?:=\w+)?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex FieldForm();

    [GeneratedRegex(@"^\w+$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^[\w-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex ClockForm();

    [GeneratedRegex(@"^ *(?<name>\w+) *= *(?<value>[\w$.+*/ -]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableForm();
}
