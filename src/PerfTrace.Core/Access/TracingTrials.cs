using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Access;

/// <summary>Reads tracefs, opens its files to write without writing, and makes one instance that it removes again.</summary>
internal sealed class TracingTrials
{
    // A tracepoint that every kernel has.
    private const string Sample = "events/sched/sched_switch";

    private readonly Lazy<TracingDirectory> _top;

    public TracingTrials(Action<string>? verbose) => _top = new Lazy<TracingDirectory>(() => TracingDirectory.Open(SystemPaths.Default, null, verbose));

    private TracingDirectory Top => _top.Value;

    public Refusal? Tracepoints()
    {
        _ = Top.ReadText(Sample + "/format");
        return null;
    }

    /// <summary>Tracepoints through perf: their numbers are in tracefs.</summary>
    public Refusal? TracepointEvents() => PerfTrials.TracepointEvents(ulong.Parse(Top.ReadText(Sample + "/id"), CultureInfo.InvariantCulture));

    /// <summary>A file is there and may be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="option">The kernel's option that brings it.</param>
    public Refusal? Writable(string file, string option)
    {
        if (!Top.Exists(file))
        {
            // A directory that may not be read hides it, too.
            _ = Top.ReadText("trace_clock");
            return Missing(option);
        }
        Top.OpenWrite(file).Dispose();
        return null;
    }

    public Refusal? Instances()
    {
        SystemPaths paths = SystemPaths.Default;
        string name = TraceOwner.Current.NameOf("access");
        if (!Top.Exists("instances"))
        {
            _ = Top.ReadText("trace_clock");
            return Missing("CONFIG_TRACING");
        }
        TraceInstances.Create(paths, name);
        TraceInstances.RemoveIfThere(paths, name);
        return null;
    }

    public Refusal? Histograms() => Top.Exists("trace_clock") && !Top.Exists(Sample + "/hist") ? Missing("CONFIG_HIST_TRIGGERS") : Writable(Sample + "/trigger", "CONFIG_HIST_TRIGGERS");

    public Refusal? Tracer(string name)
    {
        if (!Top.ReadText("available_tracers").Split(' ').Contains(name))
            return Missing(name == "function" ? "CONFIG_FUNCTION_TRACER" : "CONFIG_FUNCTION_GRAPH_TRACER");
        Top.OpenRead("available_filter_functions").Dispose();
        Top.OpenWrite("current_tracer").Dispose();
        return null;
    }

    public Refusal? Marker() => Writable("trace_marker", "CONFIG_TRACING");

    private static Refusal Missing(string option) => new($"This kernel was built without it ({option}).", $"A kernel with {option}; those of most distributions have it.");
}
