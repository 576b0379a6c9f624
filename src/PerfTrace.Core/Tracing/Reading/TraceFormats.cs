using System.Diagnostics;
using System.Globalization;
using PerfTrace.Events;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>The formats of records by the number that they begin with (<c>common_type</c>).</summary>
internal sealed class TraceFormats(TracingDirectory directory) : ITraceFormats
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, EventFormat?> _formats = [];
    private readonly Dictionary<int, Tracepoint> _all = [];
    private string _dynamic = "";
    private long _listedAt;

    /// <summary>Reads the formats of what is likely to come: the tracers' own records, and the events that are enabled.</summary>
    public void Prepare()
    {
        _dynamic = DynamicEvents();
        foreach (string name in directory.DirectoryNames("events/ftrace"))
            Add(new Tracepoint(directory, "ftrace", name));
        foreach (string line in directory.ReadText("set_event").Split('\n'))
        {
            if (line.Split(':') is [var system, var name] && TracepointCatalogue.Find(directory, system, name) is { } tracepoint)
                Add(tracepoint);
        }
    }

    /// <summary>The format of a number; null when the kernel has no such event, or no longer.</summary>
    public EventFormat? Find(int id)
    {
        if (_formats.TryGetValue(id, out EventFormat? format))
            return format;
        List();
        if (_all.TryGetValue(id, out Tracepoint? tracepoint))
            return Add(tracepoint);
        return null;
    }

    /// <summary>Forgets what may have changed: probes come and go, and their numbers are used again.</summary>
    /// <returns>True: numbers mean something else now.</returns>
    public bool Refresh()
    {
        string now = DynamicEvents();
        if (now == _dynamic)
            return false;
        _dynamic = now;
        _formats.Clear();
        _listedAt = 0;
        return true;
    }

    private EventFormat? Add(Tracepoint tracepoint)
    {
        try
        {
            _formats[tracepoint.Format.Id] = tracepoint.Format;
            return tracepoint.Format;
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return null; // a probe that has gone meanwhile
        }
    }

    private void List()
    {
        if (_listedAt != 0 && Stopwatch.GetElapsedTime(_listedAt) < Pause)
            return;
        _all.Clear();
        foreach (Tracepoint tracepoint in TracepointCatalogue.List(directory))
        {
            // The tracers' own have no such file; they are known already.
            if (ReadId(tracepoint) is { } id)
                _all[id] = tracepoint;
        }
        _listedAt = Stopwatch.GetTimestamp();
    }

    private int? ReadId(Tracepoint tracepoint)
    {
        try
        {
            return int.TryParse(directory.ReadText($"{tracepoint.Folder}/id"), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    private string DynamicEvents()
    {
        try
        {
            return directory.Top.ReadText("dynamic_events");
        }
        catch (KernelException e) when (e.Errno is Errno.ENOENT)
        {
            return ""; // a kernel without probes
        }
    }
}
