using System.Text.RegularExpressions;

namespace PerfTrace.Tracing;

/// <summary>
/// What a histogram does besides counting: <c>sched:sched_waking trace(wakeup_latency,$lat,next_pid)</c>, <c>$lat save(next_comm)</c>,
/// <c>$lat snapshot()</c>; or the kernel's own <c>onmax($lat).save(next_comm)</c>.
/// </summary>
public sealed partial class TraceHistogramAction
{
    /// <summary>For onmatch() the event that must have come before, else the variable that is watched.</summary>
    public string On { get; set; } = "";

    /// <summary><c>trace</c>, <c>save</c>, <c>snapshot</c>, or a synthetic event's name.</summary>
    public string Action { get; set; } = "";

    /// <summary>What stands in the action's parentheses.</summary>
    public string[] Argument { get; set; } = [];

    /// <summary>The handler that was written before it; null when none was.</summary>
    internal string? Handler { get; private init; }

    /// <summary>Parses one of the forms.</summary>
    /// <exception cref="TraceHistogramSyntaxException">It is none of them.</exception>
    public static TraceHistogramAction Parse(string text)
    {
        Match match = Form().Match(text);
        if (!match.Success)
        {
            throw new TraceHistogramSyntaxException(
                $"'{text}' is no action of a histogram. Write what it is about and what to do: 'sched:sched_waking trace(my_event,$lat,next_pid)', '$lat save(next_comm)' or '$lat snapshot()'.");
        }
        return new TraceHistogramAction
        {
            Handler = match.Groups["handler"] is { Success: true } handler ? handler.Value : null,
            On = match.Groups["on"].Value,
            Action = match.Groups["action"].Value,
            Argument = match.Groups["arguments"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <summary>The kernel's text.</summary>
    /// <param name="handler"><c>onmatch</c>, <c>onmax</c> or <c>onchange</c>.</param>
    /// <param name="eventName">Gives an event's name in tracefs for the name of a user.</param>
    /// <exception cref="TraceHistogramSyntaxException">A part can not stand in it.</exception>
    internal string ToText(string handler, Func<string, string> eventName)
    {
        if (Handler is not null && Handler != handler)
            throw new TraceHistogramSyntaxException($"'{Handler}' is not the handler of this parameter: that is {handler}.");
        string on = handler == "onmatch" ? eventName(On).Replace(':', '.') : "$" + On.TrimStart('$');
        IEnumerable<string> arguments = Action == "trace" && Argument.Length > 0 ? [SyntheticEvents.FullNameOf(Argument[0]), .. Argument[1..]] : Argument;
        string action = Action is "trace" or "save" or "snapshot" ? Action : SyntheticEvents.FullNameOf(Action);
        return $"{handler}({Check(on)}).{Check(action)}({string.Join(',', arguments.Select(Check))})";
    }

    public override string ToString() => $"{On} {Action}({string.Join(',', Argument)})";

    private static string Check(string word) => Word().IsMatch(word) ? word : throw new TraceHistogramSyntaxException($"'{word}' can not stand in a histogram's action.");

    [GeneratedRegex(@"^\s*(?:(?<handler>onmatch|onmax|onchange)\s*\(\s*)?(?<on>\$?\w+(?:[.:/][\w-]+)?)\s*\)?\s*[.\s]\s*(?<action>\w+)\s*\((?<arguments>[^()]*)\)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex(@"^\$?[\w-]+(?:\.[\w$-]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
