using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-TraceHistogram: the buckets of histograms, one object each.</summary>
[Cmdlet(VerbsCommon.Get, "TraceHistogram", DefaultParameterSetName = EventSet)]
[OutputType(typeof(TraceHistogramEntry), typeof(TraceHistogram))]
public sealed class GetTraceHistogramCommand : TraceHistogramCommand
{
    /// <summary>Tracepoints as system:name, wildcards in either part.</summary>
    [Parameter(ParameterSetName = EventSet, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Event { get; set; } = ["*"];

    /// <summary>The histograms themselves with their totals, instead of their buckets.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    protected override void ProcessRecord()
    {
        foreach (TraceHistogram histogram in Find(Event))
        {
            if (StopToken.IsCancellationRequested)
                return;
            TryOne(histogram.Event, () => Write(histogram));
        }
    }

    private void Write(TraceHistogram histogram)
    {
        (TraceHistogram now, IReadOnlyList<TraceHistogramEntry> entries) = TraceHistograms.Read(histogram);
        if (Summary)
        {
            WriteObject(now);
            return;
        }
        if (now.Dropped > 0)
            WriteWarning($"{now}: {now.Dropped} events were lost because all {now.Size} buckets were taken. Make the histogram with a greater -Size, or with fewer keys.");
        foreach (TraceHistogramEntry entry in entries)
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(WithProperties(entry));
        }
    }

    // Keys and values as properties of their own: Sort-Object, Where-Object and Export-Csv take them by their names.
    internal static PSObject WithProperties(TraceHistogramEntry entry)
    {
        var result = new PSObject(entry);
        foreach ((string name, object value) in entry.Key)
            Add(result, name, value);
        foreach ((string name, object value) in entry.Values)
            Add(result, result.Properties[name] is null ? name : name + "_sum", value);
        foreach ((string name, object value) in entry.Saved)
            Add(result, result.Properties[name] is null ? name : name + "_saved", value);
        return result;
    }

    // What an entry's own property is called stays in Key or Values alone.
    private static void Add(PSObject target, string name, object value)
    {
        if (target.Properties[name] is null)
            target.Properties.Add(new PSNoteProperty(name, value));
    }
}
