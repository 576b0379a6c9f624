namespace PerfTrace.Tracing;

/// <summary>A key or value of a histogram as the kernel writes it: <c>prio</c>, <c>call_site.sym-offset</c>, <c>lat.buckets=50</c>.</summary>
internal sealed record HistogramField(string Name, HistogramFieldForm Form)
{
    /// <summary>The number of hits: the value that every histogram has.</summary>
    public const string HitCount = "hitcount";

    public static HistogramField Parse(string text)
    {
        int dot = text.IndexOf('.');
        string name = dot < 0 ? text : text[..dot];
        string modifier = dot < 0 ? "" : text[(dot + 1)..];
        HistogramFieldForm form = modifier switch
        {
            "hex" => HistogramFieldForm.Hex,
            "sym" or "sym-offset" => HistogramFieldForm.Symbol,
            "execname" => HistogramFieldForm.ThreadName,
            "syscall" => HistogramFieldForm.SystemCall,
            "log2" => HistogramFieldForm.Log2,
            "percent" => HistogramFieldForm.Percent,
            "graph" => HistogramFieldForm.Graph,
            "stacktrace" => HistogramFieldForm.Stack,
            _ when modifier.StartsWith("bucket", StringComparison.Ordinal) => HistogramFieldForm.Buckets,
            // Before Linux 6.3 it was called just that.
            _ => name is "common_stacktrace" or "stacktrace" ? HistogramFieldForm.Stack : HistogramFieldForm.Plain,
        };
        return new HistogramField(name, form);
    }
}
