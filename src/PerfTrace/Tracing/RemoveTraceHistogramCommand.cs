using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Remove-TraceHistogram: removes histograms, those that refer to others first.</summary>
[Cmdlet(VerbsCommon.Remove, "TraceHistogram", SupportsShouldProcess = true, DefaultParameterSetName = EventSet)]
[OutputType(typeof(void))]
public sealed class RemoveTraceHistogramCommand : TraceHistogramCommand
{
    private readonly List<TraceHistogram> _all = [];

    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(ParameterSetName = EventSet, Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (TraceHistogram histogram in Find(Event))
        {
            if (ShouldProcess($"{histogram} in {histogram.Instance ?? "the top-level buffer"}", "Remove the histogram"))
                _all.Add(histogram);
        }
    }

    // When all are known: the order in which they can go is not that in which they come.
    protected override void EndProcessing() => TraceHistograms.Remove(_all, (histogram, problem) => WriteProblem(problem, histogram.Event));
}
