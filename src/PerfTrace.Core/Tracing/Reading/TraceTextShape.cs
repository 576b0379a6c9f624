namespace PerfTrace.Tracing;

/// <summary>What the comments at the beginning of a <c>trace</c> file tell of its lines.</summary>
internal sealed class TraceTextShape
{
    /// <summary>The tracer at work: <c>nop</c>, <c>function</c>.</summary>
    public string Tracer { get; private set; } = "nop";

    /// <summary>The lines are those of the function_graph tracer.</summary>
    public bool IsGraph { get; private set; }

    /// <summary>The lines are short, with times since the first: option latency-format.</summary>
    public bool IsLatency { get; private set; }

    /// <summary>function_graph shows how long calls took.</summary>
    public bool HasDuration { get; private set; }

    /// <summary>Takes a line that begins with #.</summary>
    public void Add(string line)
    {
        const string tracer = "# tracer: ";
        if (line.StartsWith(tracer, StringComparison.Ordinal))
            (Tracer, IsGraph) = (line[tracer.Length..].Trim(), line.Contains("function_graph", StringComparison.Ordinal));
        else if (line.Contains(" latency trace v", StringComparison.Ordinal))
            IsLatency = true;
        else if (line.Contains("FUNCTION CALLS", StringComparison.Ordinal))
            (IsGraph, HasDuration) = (true, line.Contains("DURATION", StringComparison.Ordinal));
    }
}
