using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-TraceHistogram: has the kernel count an event by its fields.</summary>
[Cmdlet(VerbsCommon.New, "TraceHistogram", SupportsShouldProcess = true)]
[OutputType(typeof(TraceHistogram))]
public sealed class NewTraceHistogramCommand : TraceInstanceCommand
{
    // TRACING_MAP_BITS_MIN and TRACING_MAP_BITS_MAX of kernel/trace/tracing_map.h.
    private const int LeastSize = 1 << 7, GreatestSize = 1 << 17;

    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>The fields that make a bucket, with modifiers: next_comm, common_pid.execname, bytes_req.log2, common_stacktrace.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HistogramFieldCompleter))]
    public string[] Key { get; set; } = [];

    /// <summary>The fields that are summed up.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HistogramFieldCompleter))]
    public string[] Value { get; set; } = [];

    /// <summary>What the kernel sorts by: keys, values, hitcount; with .descending or without.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Sort { get; set; } = [];

    /// <summary>The greatest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>Room for so many buckets; the kernel rounds up to a power of two.</summary>
    [Parameter]
    [ValidateRange(1, GreatestSize)]
    public int? Size { get; set; }

    /// <summary>What to remember for other histograms: ts0=common_timestamp.usecs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Variable { get; set; } = [];

    /// <summary>Which events count, in the kernel's filter language.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventFilterCompleter))]
    public string? Filter { get; set; }

    /// <summary>A name. Histograms of several events that have the same one count together.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The clock of its timestamps.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Clock { get; set; }

    /// <summary>Does not count before Set-TraceHistogram -Resume.</summary>
    [Parameter]
    public SwitchParameter Pause { get; set; }

    /// <summary>What to do when an event of the same key came before: 'sched:sched_waking trace(my_event,$lat,next_pid)'.</summary>
    [Parameter]
    public TraceHistogramAction[] OnMatch { get; set; } = [];

    /// <summary>What to do when a variable is greater than ever: '$lat save(next_comm)' or '$lat snapshot()'.</summary>
    [Parameter]
    public TraceHistogramAction[] OnMax { get; set; } = [];

    /// <summary>What to do when a variable changes.</summary>
    [Parameter]
    public TraceHistogramAction[] OnChange { get; set; } = [];

    /// <summary>It stays when the session ends.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    protected override void ProcessRecord()
    {
        if (FindTarget() is not { } target)
            return;
        if (Persistent && !TopLevel && (string.IsNullOrEmpty(Instance) || target.LookUp.IsOwned))
            ThrowUsage("PersistentNeedsPlace", "What is to stay can not be in an instance of this session's, which goes with it: say -TopLevel, or -Instance and one that stays.", Instance);
        TraceHistogramRequest request = Request();
        foreach (string name in Event)
            TryAny(name, () => Make(target, request, name));
    }

    private TraceHistogramRequest Request() => new()
    {
        Keys = Key,
        Values = Value,
        Variables = Variable,
        Sort = Descending ? [.. (Sort.Length > 0 ? Sort : ["hitcount"]).Select(static s => s.EndsWith("cending", StringComparison.Ordinal) ? s : s + ".descending")] : Sort,
        Size = Size is { } size ? Math.Max(size, LeastSize) : 0,
        Name = Name,
        Clock = Clock,
        Paused = Pause,
        Filter = Filter,
        Actions = [.. OnMatch.Select(static a => ("onmatch", a)), .. OnMax.Select(static a => ("onmax", a)), .. OnChange.Select(static a => ("onchange", a))],
    };

    private void Make(TraceTarget target, TraceHistogramRequest request, string name)
    {
        string text = TraceHistograms.Preview(target.LookUp, request);
        foreach (Tracepoint found in Find(target.LookUp, name))
        {
            if (StopToken.IsCancellationRequested)
                return;
            TryAny(found.Event, () =>
            {
                TraceHistograms.RequireSupport(target.LookUp);
                if (ShouldProcess($"{found} in {target.Description}", $"Make the histogram '{text}'"))
                    WriteObject(TraceHistograms.Create(found.In(target.Open()), request, Persistent, VerboseWriter));
            });
        }
    }

    private static IEnumerable<Tracepoint> Find(TracingDirectory directory, string name)
    {
        TracepointFilter filter = TracepointFilter.Create(name);
        // What tracers write can have no triggers.
        return filter.IsWildcard
            ? TracepointCatalogue.List(directory).Where(t => t.System != "ftrace" && filter.Matches(t))
            : [TraceHistograms.FindEvent(directory, name)];
    }

    private void TryAny(object target, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IsProblem(e) || e is TraceHistogramSyntaxException)
        {
            WriteProblem(e, target);
        }
    }
}
