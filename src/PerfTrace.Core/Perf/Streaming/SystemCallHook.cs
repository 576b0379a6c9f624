using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// One event at raw_syscalls:sys_enter (or sys_exit) that stands for those of many system calls: its record has the number, and behind it what theirs have, at the same places. An event
/// for each call would take a descriptor for each on each CPU, a second to open, and at its end a grace period of the kernel for each: 13 seconds for sys_enter_*.
/// </summary>
/// <remarks>
/// As tracefs's own events of system calls, it passes over those of 32-bit programs, whose numbers are others (kernel/trace/trace_syscalls.c): a sample tells which they are by the state of
/// the registers.
/// </remarks>
internal sealed partial class SystemCallHook
{
    // The raw one has a record made for each system call, and looks at its number then. For a part of them events of their own are cheaper.
    private const int FewestCalls = 64;

    private const int NumberOffset = 8, ArgumentsOffset = 16;

    // The kernel copies not more than a page of a filter (perf_event_set_filter in kernel/events/core.c).
    private const int LongestFilter = 4000;

    private readonly EventFormat?[] _formats;
    private readonly EventSchema?[] _schemas;

    private SystemCallHook(IEnumerable<(int Number, EventFormat Format)> calls)
    {
        _formats = new EventFormat?[SystemCallTable.Current.Count];
        _schemas = new EventSchema?[_formats.Length];
        foreach ((int number, EventFormat format) in calls)
            _formats[number] = format;
        Count = _formats.Count(static f => f is not null);
    }

    /// <summary>How many tracepoints it stands for.</summary>
    public int Count { get; }

    /// <summary>The tracepoint that a record of the raw one would have come from; null: it is none of those.</summary>
    public EventSchema? SchemaOf(ReadOnlySpan<byte> record)
    {
        if (record.Length < NumberOffset + sizeof(long))
            return null;
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(record[NumberOffset..]);
        if (number >= (ulong)_formats.Length || _formats[number] is not { } format)
            return null;
        return _schemas[number] ??= EventSchemas.For(format);
    }

    /// <summary>What to open for some tracepoints.</summary>
    public static IReadOnlyList<StreamedEvent> Plan(IReadOnlyList<TracepointRequest> requests, SystemPaths paths, Action<string>? verbose)
    {
        var planned = new List<StreamedEvent>();
        var left = new List<TracepointRequest>(requests);
        foreach (bool isExit in (ReadOnlySpan<bool>)[false, true])
        {
            string name = isExit ? "sys_exit" : "sys_enter";
            // Its own records could not be told from those that stand for others.
            if (requests.Any(r => r.Format.System == "raw_syscalls" && r.Format.Name == name) || Of(left, name, isExit) is not { } calls || FormatOf(name, paths) is not { } raw)
                continue;
            string? filter = Filter(calls, name, paths);
            if (filter?.Length > LongestFilter)
                continue;
            planned.Add(new StreamedEvent(raw, filter, new SystemCallHook(calls.Select(static c => (c.Number, c.Request.Format)))));
            HashSet<TracepointRequest> taken = [.. calls.Select(static c => c.Request)];
            left.RemoveAll(taken.Contains);
            verbose?.Invoke($"{taken.Count} system calls share one event, {raw.FullName}{(filter is null ? "" : $", with the filter {filter}")}.");
        }
        planned.AddRange(left.Select(StreamedEvent.Of));
        return planned;
    }

    private static List<(int Number, TracepointRequest Request)>? Of(List<TracepointRequest> requests, string name, bool isExit) => requests
        .Where(r => r.Format.System == "syscalls" && r.Format.Name.StartsWith(name + "_", StringComparison.Ordinal) && HasSameLayout(r.Format, isExit) && IsForAll(r, isExit))
        .Select(r => (Number: SystemCallTable.Current.NumberOf(r.Format.Name[(name.Length + 1)..]), Request: r))
        .Where(static c => c.Number is not null)
        .Select(static c => (c.Number!.Value, c.Request))
        .DistinctBy(static c => c.Value)
        .GroupBy(static c => c.Request.Filter)
        .Where(static g => g.Count() >= FewestCalls)
        .MaxBy(static g => g.Count())?.ToList();

    // struct syscall_trace_enter { common; int nr; unsigned long args[]; }, struct syscall_trace_exit { common; int nr; long ret; } (kernel/trace/trace.h). What a later kernel adds of a call
    // (texts of the program) the raw event lacks.
    private static bool HasSameLayout(EventFormat format, bool isExit) => format.Fields.All(f =>
        !EventTypeBuilder.IsDynamic(f) && (f.Name == "__syscall_nr" ? f.Offset == NumberOffset
            : f.Offset >= ArgumentsOffset && f.Offset % sizeof(long) == 0 && f.Offset + f.Size <= ArgumentsOffset + ((isExit ? 1 : 6) * sizeof(long))));

    private static EventFormat? FormatOf(string name, SystemPaths paths)
    {
        try
        {
            EventFormat format = EventFormatParser.Parse("raw_syscalls", KernelFile.ReadText(Path.Combine(TraceFileSystem.Require(paths), "events/raw_syscalls", name, "format")));
            return format.Fields is [{ Name: "id", Offset: NumberOffset, Size: sizeof(long) }, { Name: "args" or "ret", Offset: ArgumentsOffset }] ? format : null;
        }
        catch (Exception e) when (e is KernelException or IOException or EventFormatException)
        {
            return null; // each for itself then
        }
    }

    // A condition on what all calls have, and none has a field of its own for.
    private static bool IsForAll(TracepointRequest request, bool isExit)
    {
        if (request.Filter is null)
            return true;
        string text = Quoted().Replace(request.Filter, "0");
        return !text.Contains('{', StringComparison.Ordinal) && Word().Matches(text).All(w =>
            w.Value is "common_pid" or "common_flags" or "common_preempt_count" or "comm" or "COMM" or "cpu" or "CPU"
                ? !request.Format.Fields.Any(f => f.Name == w.Value)
                : isExit && w.Value == "ret");
    }

    // The numbers as ranges. What has no tracepoint may be in them: it is passed over here.
    private static string? Filter(List<(int Number, TracepointRequest Request)> calls, string name, SystemPaths paths)
    {
        HashSet<int> wanted = [.. calls.Select(static c => c.Number)];
        var others = new SortedSet<int>();
        string folder = Path.Combine(TraceFileSystem.Require(paths), "events/syscalls");
        foreach (string path in Directory.EnumerateDirectories(folder, name + "_*"))
        {
            if (SystemCallTable.Current.NumberOf(Path.GetFileName(path)[(name.Length + 1)..]) is { } number && !wanted.Contains(number))
                others.Add(number);
        }
        string? user = calls[0].Request.Filter;
        if (others.Count == 0)
            return user;
        var ranges = new List<string>();
        int[] numbers = [.. wanted.Order()];
        for (int first = 0, last; first < numbers.Length; first = last + 1)
        {
            last = first;
            while (last + 1 < numbers.Length && others.GetViewBetween(numbers[last], numbers[last + 1]).Count == 0)
                last++;
            ranges.Add(first == last
                ? string.Create(CultureInfo.InvariantCulture, $"id=={numbers[first]}")
                : string.Create(CultureInfo.InvariantCulture, $"(id>={numbers[first]}&&id<={numbers[last]})"));
        }
        string ids = string.Join("||", ranges);
        return user is null ? ids : $"({ids})&&({user})";
    }

    [GeneratedRegex("""("[^"]*"|'[^']*')""", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_.]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
