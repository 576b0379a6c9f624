namespace PerfTrace.Bpf;

/// <summary>What a program did when it was run by hand.</summary>
public sealed class BpfTestRun
{
    internal BpfTestRun()
    {
    }

    /// <summary>The program.</summary>
    public uint ProgramId { get; internal init; }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it is.</summary>
    public BpfProgramType Type { get; internal init; }

    /// <summary>Register 0 at its end, of the last run.</summary>
    public int ReturnValue { get; internal init; }

    /// <summary>How often it ran.</summary>
    public long Repeat { get; internal init; }

    /// <summary>How long a run took on average, as the kernel measured it; null for types that it does not measure.</summary>
    public double? AverageNanoseconds { get; internal init; }

    /// <summary>The packet behind the last run; null for types that have none.</summary>
    public byte[]? Data { get; internal init; }

    /// <summary>The context behind the last run; null where it is not given out.</summary>
    public byte[]? Context { get; internal init; }
}
