using PerfTrace.Events;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>A tracepoint of the kernel (Documentation/trace/events.rst). Its files are read when a property first asks for them.</summary>
public sealed class Tracepoint
{
    private readonly TracingDirectory _directory;
    private readonly Lazy<EventFormat> _format;

    internal Tracepoint(TracingDirectory directory, string system, string name)
    {
        _directory = directory;
        System = system;
        Name = name;
        _format = new Lazy<EventFormat>(() => EventFormatParser.Parse(system, directory.ReadText($"{Folder}/format")));
    }

    /// <summary>The subsystem: <c>sched</c>.</summary>
    public string System { get; }

    /// <summary>The event: <c>sched_switch</c>.</summary>
    public string Name { get; }

    /// <summary>What <c>-Event</c> parameters take: <c>sched:sched_switch</c>.</summary>
    public string Event => $"{System}:{Name}";

    /// <summary>The trace instance that Enabled, Filter and Triggers are of; null for the top-level buffer.</summary>
    public string? Instance => _directory.Instance;

    /// <summary>The event's number, as in perf_event_attr.config; null for the few that have none.</summary>
    public int? Id => _format.Value.Id;

    /// <summary>The event's own fields.</summary>
    public IReadOnlyList<EventField> Fields => _format.Value.Fields;

    /// <summary>The fields that every event has: <c>common_type</c>, <c>common_pid</c>, …</summary>
    public IReadOnlyList<EventField> CommonFields => _format.Value.CommonFields;

    /// <summary>What the kernel prints: a C format string and its arguments.</summary>
    public string PrintFormat => _format.Value.PrintFormat;

    /// <summary>It is being recorded into the buffer of <see cref="Instance"/>. Read anew each time.</summary>
    public bool Enabled => ReadIfThere("enable") is { Length: > 0 } text && text[0] == '1';

    /// <summary>The kernel's filter on it; null without. Read anew each time.</summary>
    // After a filter that it refused the kernel filters nothing and shows that filter, with a caret and the reason on lines of their own.
    public string? Filter => ReadIfThere("filter") is { } text and not "none" && !text.Contains("\nparse_error:", StringComparison.Ordinal) ? text : null;

    /// <summary>The triggers set on it, in the kernel's words. Read anew each time.</summary>
    public IReadOnlyList<string> Triggers =>
        ReadIfThere("trigger") is { } text
            ? (string[])[.. text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#')] // comments list what could be set
            : [];

    /// <summary>The parsed <c>format</c> file.</summary>
    internal EventFormat Format => _format.Value;

    /// <summary>The parsed <c>format</c> file. A method: its parts are properties already.</summary>
    public EventFormat GetFormat() => Format;

    /// <summary>The set of buffers that Enabled, Filter and Triggers are of.</summary>
    internal TracingDirectory Directory => _directory;

    /// <summary>Where its files are, below the directory.</summary>
    internal string Folder => $"events/{System}/{Name}";

    /// <summary>The same event in another set of buffers.</summary>
    public Tracepoint In(TracingDirectory directory) => new(directory, System, Name);

    public override string ToString() => Event;

    // The events of the system "ftrace" have a format but can not be enabled, filtered or triggered on.
    private string? ReadIfThere(string file)
    {
        try
        {
            return _directory.ReadText($"{Folder}/{file}");
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT && File.Exists(Path.Combine(_directory.Path, Folder, "format")))
        {
            return null;
        }
    }
}
