using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Support;

/// <summary>Samples as <c>perf script --ns -F comm,pid,tid,cpu,time,period,event,ip,sym,symoff,dso</c> prints them.</summary>
internal static partial class ScriptText
{
    /// <summary>"busy 23257/23257 [001] 35609.385370268: 1001001 cpu-clock: 116c leaf+0x23 (/tmp/busy)", with a line for each frame of a chain.</summary>
    public static IEnumerable<string> Of(PerfSample sample)
    {
        string head = string.Create(CultureInfo.InvariantCulture,
            $"{Command(sample)} {sample.ProcessId}/{sample.ThreadId} {Cpu(sample)}{Time(sample)}: {sample.Period} {sample.EventName}:");
        if (sample.CallStack is null)
        {
            // Of a sample alone perf tells the address, of a chain the places in the modules.
            yield return $"{head} {Text(sample.Frame!, sample.InstructionPointer!.Value)}";
            yield break;
        }
        yield return head;
        foreach (StackFrame frame in sample.CallStack)
            yield return Text(frame, frame.Place);
    }

    /// <summary>The event of a tracepoint, as <c>-F comm,tid,cpu,time,event,trace</c> prints it.</summary>
    public static string OfEvent(PerfSample sample) => $"{Command(sample)} {sample.ThreadId} {Cpu(sample)}{Time(sample)}: {sample.EventName}: {sample.TraceEvent!.Message}";

    /// <summary>Single blanks, and what perf names otherwise left out.</summary>
    public static string Normalise(string line) => Generated().Replace(Stub().Replace(Trim(line), " [unknown] ("), "$1 generated code");

    public static string Trim(string line) => Blanks().Replace(line, " ").Trim();

    // A thread that is gone has the number -1 and no name.
    private static string Command(PerfSample sample) => sample.CommandName ?? string.Create(CultureInfo.InvariantCulture, $":{sample.ThreadId}");

    private static string Cpu(PerfSample sample) => sample.Cpu is { } number ? string.Create(CultureInfo.InvariantCulture, $"[{number:d3}] ") : "";

    private static string Time(PerfSample sample) =>
        sample.TimestampNanoseconds is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t / 1_000_000_000}.{t % 1_000_000_000:d9}") : "0.000000000";

    private static string Text(StackFrame frame, ulong place) => frame.Symbol is { } symbol
        ? string.Create(CultureInfo.InvariantCulture, $"{place:x} {symbol}+0x{frame.SymbolOffset:x} ({frame.ModulePath})")
        : string.Create(CultureInfo.InvariantCulture, $"{place:x} [unknown] ({frame.ModulePath})");

    // perf does not name the linkage stubs of libraries that lld has linked, whose .plt stands behind .fini.
    [GeneratedRegex(@" (\S+@plt|_fini)\+0x[0-9a-f]+ \(")]
    private static partial Regex Stub();

    // perf names such code by the file that .NET maps it from, which has no symbols: it has them in its map.
    [GeneratedRegex(@"(^|.*: )[0-9a-f]+ \S.* \((/memfd:doublemapper \(deleted\)|/tmp/perf-\d+\.map)\)$")]
    private static partial Regex Generated();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
