using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Set-TraceHistogram: stops histograms, goes on with them, clears them.</summary>
[Cmdlet(VerbsCommon.Set, "TraceHistogram", SupportsShouldProcess = true, DefaultParameterSetName = EventSet)]
[OutputType(typeof(TraceHistogram))]
public sealed class SetTraceHistogramCommand : TraceHistogramCommand
{
    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(ParameterSetName = EventSet, Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    /// <summary>Stop counting.</summary>
    [Parameter]
    public SwitchParameter Pause { get; set; }

    /// <summary>Count again.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Forget what has been counted.</summary>
    [Parameter]
    public SwitchParameter Clear { get; set; }

    /// <summary>Writes the histograms as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing()
    {
        if (Pause && Resume)
            ThrowUsage("ContradictoryParameters", "Either -Pause or -Resume, not both.");
        if (!Pause && !Resume && !Clear)
            ThrowUsage("NothingToDo", "Say -Pause, -Resume or -Clear.");
    }

    protected override void ProcessRecord()
    {
        foreach (TraceHistogram histogram in Find(Event))
        {
            if (StopToken.IsCancellationRequested)
                return;
            TryOne(histogram.Event, () => Change(histogram));
        }
    }

    private void Change(TraceHistogram histogram)
    {
        string[] what = [.. new[] { Pause ? "Pause" : null, Clear ? "Clear" : null, Resume ? "Resume" : null }.OfType<string>()];
        if (!ShouldProcess($"{histogram} in {histogram.Instance ?? "the top-level buffer"}", $"{string.Join(" and ", what)} the histogram"))
            return;
        if (Pause)
            TraceHistograms.Control(histogram, TraceHistogramControl.Pause);
        if (Clear)
            TraceHistograms.Control(histogram, TraceHistogramControl.Clear);
        if (Resume)
            TraceHistograms.Control(histogram, TraceHistogramControl.Continue);
        if (PassThru)
            WriteObject(TraceHistograms.Read(histogram).Histogram);
    }
}
