namespace PerfTrace.Bpf;

/// <summary>How often and how long a program ran in a time.</summary>
public sealed class BpfProgramMeasurement
{
    internal BpfProgramMeasurement()
    {
    }

    /// <summary>The program.</summary>
    public uint ProgramId { get; internal init; }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it is.</summary>
    public BpfProgramType Type { get; internal init; }

    /// <summary>How often it ran, on all CPUs.</summary>
    public long RunCount { get; internal init; }

    /// <summary>How long these runs took together.</summary>
    public TimeSpan RunTime => TimeSpan.FromTicks(RunNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>The same in nanoseconds.</summary>
    public long RunNanoseconds { get; internal init; }

    /// <summary>How long a run took on average; null where there was none.</summary>
    public double? AverageNanoseconds => RunCount == 0 ? null : (double)RunNanoseconds / RunCount;

    /// <summary>How often it ran in a second.</summary>
    public double RunsPerSecond => RunCount / Elapsed.TotalSeconds;

    /// <summary>How much of one CPU it took, in percent.</summary>
    public double CpuPercent => 100 * RunNanoseconds / Elapsed.TotalNanoseconds;

    /// <summary>How often it was not run since it ran on the CPU already (Linux 5.12).</summary>
    public long RecursionMisses { get; internal init; }

    /// <summary>How long was measured.</summary>
    public TimeSpan Elapsed { get; internal init; }
}
