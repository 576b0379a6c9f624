using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A line of the function_graph tracer (kernel/trace/trace_functions_graph.c), whichever of its columns are shown.</summary>
internal sealed partial record GraphLine
{
    public ulong Time { get; private init; } = EventEnvelope.UnknownTime;

    public bool IsCount { get; private init; }

    public int Cpu { get; private init; } = -1;

    public int ThreadId { get; private init; } = -1;

    /// <summary>The thread's name; null when not told or cut short.</summary>
    public string? Command { get; private init; }

    /// <summary>Nanoseconds; null where none are shown.</summary>
    public ulong? Duration { get; private init; }

    public int Depth { get; private init; }

    /// <summary>What is called or returned from; null where that is not told.</summary>
    public string? Function { get; private init; }

    public bool IsEntry { get; private init; }

    public bool IsReturn { get; private init; }

    public ulong? ReturnValue { get; private init; }

    /// <summary>What stands in a comment: an event, a marker.</summary>
    public string? Comment { get; private init; }

    /// <summary>Takes a line apart; null when it is none.</summary>
    public static GraphLine? Parse(string line, bool hasDuration)
    {
        Match head = (hasDuration ? WithDuration() : WithoutDuration()).Match(line);
        if (!head.Success)
            return null;
        ulong time = EventEnvelope.UnknownTime;
        bool isCount = false;
        if (head.Groups["time"].Success && !TraceLine.TryTime(System.Text.Encoding.UTF8.GetBytes(head.Groups["time"].Value), out time, out isCount))
            return null;
        string body = head.Groups["body"].Value;
        int indent = body.Length - body.TrimStart(' ').Length;
        string command = head.Groups["command"].Value.Trim();
        var found = new GraphLine
        {
            Time = time,
            IsCount = isCount,
            Cpu = Number(head.Groups["cpu"]) ?? -1,
            ThreadId = Number(head.Groups["pid"]) ?? -1,
            Command = NameOf(command),
            Duration = DurationOf(head.Groups["us"]),
            Depth = indent / 2,
        };
        body = body.Trim(' ');
        if (body.StartsWith("/* ", StringComparison.Ordinal) && body.EndsWith(" */", StringComparison.Ordinal) && body.Length >= 6)
            return found with { Comment = body[3..^3] };
        Match call = Call().Match(body);
        if (!call.Success)
            return null;
        string? function = call.Groups["function"].Success ? call.Groups["function"].Value : call.Groups["tail"].Success ? call.Groups["tail"].Value : null;
        bool isReturn = body[0] == '}';
        return found with
        {
            Function = function,
            IsEntry = !isReturn && call.Groups["open"].Success,
            IsReturn = isReturn,
            ReturnValue = ReturnOf(call.Groups["value"].Value),
        };
    }

    /// <summary>A line that tells which thread runs on a CPU now: <c> 0)   cat-223     =>    &lt;idle&gt;-0   </c>.</summary>
    public static (int Cpu, int ThreadId, string? Command)? ParseSwitch(string line)
    {
        Match match = Switch().Match(line);
        return match.Success && Number(match.Groups["cpu"]) is { } cpu && Number(match.Groups["pid"]) is { } thread ? (cpu, thread, NameOf(match.Groups["command"].Value.Trim())) : null;
    }

    // Cut to seven: a name that fills them may have been longer.
    private static string? NameOf(string shown) => shown.Length is 0 or >= 7 || shown is "<...>" or "<idle>" ? null : shown;

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static ulong? DurationOf(Group group) =>
        decimal.TryParse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal us) && us < 1e15m ? (ulong)(us * 1000) : null;

    private static ulong? ReturnOf(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits) ? bits : null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? (ulong)value : null;

    private const string Head = @"^(?:\s*(?<time>\d+(?:\.\d+)?) \|\s)?(?:\s*(?<cpu>\d+)\))?(?:\s+(?<command>\S.{0,15}?)-(?<pid>\d+)\s+\|)?(?:\s+[^\s|()]{4,8}\s+\|)?";

    [GeneratedRegex(Head + @"(?:\s[$@*#!+ ]\s*(?<us>\d+(?:\.\d+)?) us\s*|\s+)\|  (?<body>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex WithDuration();

    [GeneratedRegex(Head + @"(?:\s+\|)? (?<body>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex WithoutDuration();

    [GeneratedRegex(@"^(?:\}|(?<function>[\w.$]+(?: \[\w+\])?)\((?:.*)\)(?:(?<open> \{)|;))(?: \/\* (?<tail>[A-Za-z_.$][\w.$]*(?: \[\w+\])?)?.*?(?:(?:ret=|= )(?<value>0x[0-9a-f]+|-?\d+))?\s*\*\/)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\s*(?<cpu>\d+)\)\s+.*-\d+\s+=>\s+(?<command>\S.*)-(?<pid>\d+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Switch();
}
