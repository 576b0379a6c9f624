namespace PerfTrace.BpfTrace;

/// <summary>How long a <c>bench</c> probe of a script runs.</summary>
public sealed class BpfTraceBenchmark
{
    internal BpfTraceBenchmark()
    {
    }

    /// <summary>The probe's name.</summary>
    public required string Name { get; init; }

    /// <summary>How long one run takes: the median of several measurements' averages; null where it did not want to be measured, or failed.</summary>
    public double? Nanoseconds { get; internal init; }

    /// <summary>How often it ran to be measured.</summary>
    public long Runs { get; internal init; }

    /// <summary>It returned another number than 0: it does not want to be measured here.</summary>
    public bool IsSkipped { get; internal init; }

    /// <summary>What its <c>errorf()</c> told; then it failed, as with an <c>exit()</c> of another status than 0.</summary>
    public string[] Errors { get; internal init; } = [];
}
