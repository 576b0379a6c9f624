namespace PerfTrace.Tracing;

/// <summary>
/// A set of trace buffers with settings of its own: an instance, or the top level. Its files are read anew each time that a property asks
/// for them.
/// </summary>
public sealed class TraceInstance
{
    internal TraceInstance(TracingDirectory directory) => Directory = directory;

    /// <summary>What the session that made it calls it; for others' instances and those that stay, the directory's name; empty for the top level.</summary>
    public string Name => Instance is null ? "" : TraceOwner.Current.ShortNameOf(Instance);

    /// <summary>The directory's name, as <c>-Instance</c> parameters take it; null for the top level.</summary>
    public string? Instance => Directory.Instance;

    /// <summary>Where its files are.</summary>
    public string Path => Directory.Path;

    /// <summary>The process that it belongs to; null for those that belong to none.</summary>
    public TraceOwner? Owner => Instance is not null && TraceOwner.TryParse(Instance, out TraceOwner? owner, out _) ? owner : null;

    /// <summary>It goes with this session.</summary>
    public bool IsOwned => Directory.IsOwned;

    /// <summary>What is traced is being recorded.</summary>
    public bool TracingOn => Directory.ReadText("tracing_on") == "1";

    /// <summary>The tracer at work; <c>nop</c> for none.</summary>
    public string CurrentTracer => Directory.ReadText("current_tracer");

    /// <summary>The clock that timestamps are of.</summary>
    public string Clock => TraceBuffers.CurrentClock(Directory);

    /// <summary>What each CPU's buffer takes, in bytes; null when they differ.</summary>
    public long? BufferSize => TraceBuffers.Size(Directory);

    /// <summary>What all CPUs' buffers take, in bytes.</summary>
    public long TotalBufferSize => TraceBuffers.TotalSize(Directory);

    /// <summary>A full buffer loses its oldest events; otherwise the newest.</summary>
    public bool Overwrite => Directory.ReadText("options/overwrite") == "1";

    // An array: PowerShell can not index the list that the compiler would make of this.
    /// <summary>The events that are enabled, as system:name.</summary>
    public IReadOnlyList<string> EnabledEvents =>
        (string[])[.. Directory.ReadText("set_event").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(IsEnabled).Distinct()];

    internal TracingDirectory Directory { get; }

    public override string ToString() => Instance ?? Path;

    // set_event lists those, too, that only have a trigger (their enable file says "0*"), and since Linux 6.14 modules whose events wait for them
    // (":mod:NAME").
    private bool IsEnabled(string name) =>
        name.Split(':') is [var system, var word] && TracepointCatalogue.Find(Directory, system, word) is { Enabled: true };
}
