using System.Text;
using System.Text.RegularExpressions;
using PerfTrace.Events;
using PerfTrace.Events.Matching;

namespace PerfTrace.Tracing;

/// <summary>Makes the object of a line whose parts are known.</summary>
internal sealed partial class TraceTextBuilder(TraceEventNames names, EventOrigin origin)
{
    private const string MarkerPrefix = "tracing_mark_write: ", BpfName = "bpf_trace_printk";

    private readonly EventOrigin _counted = origin with { IsCounter = true, WallClockOffset = null };

    public EventEnvelope EnvelopeOf(TraceTextRecord record)
    {
        TraceLine head = record.Head;
        EventStack? stack = record.KernelFrames is null && record.UserFrames is null ? null : new EventStack(record.KernelFrames ?? [], record.UserFrames ?? []);
        return new EventEnvelope(head.IsCount ? _counted : origin, head.Time, head.Cpu, head.ProcessId >= 0 ? head.ProcessId : head.ThreadId == 0 ? 0 : -1,
            head.ThreadId, head.Command, stack);
    }

    public TraceRecord Build(TraceTextRecord record, string tracer)
    {
        EventEnvelope envelope = EnvelopeOf(record);
        string text = Encoding.UTF8.GetString(record.Message);
        if (text.StartsWith(MarkerPrefix, StringComparison.Ordinal))
            return new TraceMarker(in envelope, "ftrace:print", MarkerPrefix[..^2], text[MarkerPrefix.Length..], text);
        if (FunctionLine().Match(text) is { Success: true } call)
            return new FunctionEntry(in envelope, new FunctionName(call.Groups["function"].Value), new FunctionName(call.Groups["caller"].Value));
        if (tracer == "function" && BareFunction().IsMatch(text))
            return new FunctionEntry(in envelope, new FunctionName(text), default);
        return BuildEvent(in envelope, text, record.Message);
    }

    private TraceRecord BuildEvent(in EventEnvelope envelope, string text, byte[] message)
    {
        // "sys_openat(dfd: …)", "sys_openat -> 0x3": no name stands before.
        if (SystemCall().Match(text) is { Success: true } call)
        {
            string name = (call.Groups["enter"].Success ? "sys_enter_" : "sys_exit_") + call.Groups["name"].Value;
            if (Match(in envelope, names.Find(name), text, message) is { } found)
                return found;
        }
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        // An event without a text has its name and the colon.
        if (colon < 0 && text.EndsWith(':'))
            colon = text.Length - 1;
        if (colon <= 0 || !EventName().IsMatch(text.AsSpan(0, colon)))
            return new TraceText(in envelope, "", text);
        string eventName = text[..colon];
        string rest = colon + 2 <= text.Length ? text[(colon + 2)..] : "";
        if (eventName == BpfName && names.Find(eventName).Count > 0)
            return new BpfPrintk(in envelope, rest.TrimEnd('\n'));
        IReadOnlyList<TraceEventNames.Known> known = names.Find(eventName);
        return (TraceRecord?)Match(in envelope, known, rest, message.AsSpan(Math.Min(message.Length, Encoding.UTF8.GetByteCount(eventName) + 2)))
            ?? new TraceText(in envelope, known.Count == 1 ? known[0].Schema.FullName : eventName, rest);
    }

    // Of several events of a name, that whose text it can be; if it can be that of several, nobody can tell.
    private TraceEventText? Match(in EventEnvelope envelope, IReadOnlyList<TraceEventNames.Known> known, string text, ReadOnlySpan<byte> message)
    {
        TraceEventNames.Known? found = null;
        RecoveredFields? fields = null;
        foreach (TraceEventNames.Known candidate in known)
        {
            if (candidate.Matcher?.Match(message, origin.Environment) is not { } recovered)
                continue;
            if (found is not null)
                return null;
            (found, fields) = (candidate, recovered);
        }
        return found is null ? null : EventTextTypes.Create(found.Schema, in envelope, text, fields!);
    }

    [GeneratedRegex(@"^(?<function>[\w.$]+(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?: \[\w+\])?)(?:\(.*\))? <-(?<caller>[\w.$]+(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?: \[\w+\])?)$", RegexOptions.CultureInvariant)]
    private static partial Regex FunctionLine();

    [GeneratedRegex(@"^[\w.$]+(?: \[\w+\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex BareFunction();

    [GeneratedRegex(@"^sys_(?<name>\w+)(?:(?<enter>\()| -> 0x)", RegexOptions.CultureInvariant)]
    private static partial Regex SystemCall();

    [GeneratedRegex(@"^[\w.-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex EventName();
}
