namespace PerfTrace.Bpf;

/// <summary>What a tool is to watch, and how. What a tool does not take is to be left as it is.</summary>
public sealed record BpfToolOptions
{
    /// <summary>Only these processes; empty: all.</summary>
    public IReadOnlyList<int> ProcessIds { get; init; } = [];

    /// <summary>The processes that they start, too.</summary>
    public bool Inherit { get; init; } = true;

    /// <summary>Only threads whose name (comm) begins so.</summary>
    public string? CommandName { get; init; }

    /// <summary>Only this control group (version 2) and those below it.</summary>
    public string? CGroup { get; init; }

    /// <summary>How long; null: until it is stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How often histograms and stacks are given and begun anew; null: once, at the end.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Only what takes so long.</summary>
    public TimeSpan MinimumDuration { get; init; }

    /// <summary>Only what fails.</summary>
    public bool FailedOnly { get; init; }

    /// <summary>Only this port on this machine; 0: all.</summary>
    public int LocalPort { get; init; }

    /// <summary>Only this port of the other side; 0: all.</summary>
    public int RemotePort { get; init; }

    /// <summary>Only this disk: <c>sda</c>.</summary>
    public string? Disk { get; init; }

    /// <summary>A histogram for each disk.</summary>
    public bool PerDisk { get; init; }

    /// <summary>A histogram for each process.</summary>
    public bool PerProcess { get; init; }

    /// <summary>Leave out threads that wait for nothing but a CPU.</summary>
    public bool BlockedOnly { get; init; }

    /// <summary>The idle threads, too.</summary>
    public bool IncludeIdle { get; init; }

    /// <summary>Call stacks of the program's part alone.</summary>
    public bool UserStackOnly { get; init; }

    /// <summary>Call stacks of the kernel's part alone.</summary>
    public bool KernelStackOnly { get; init; }

    /// <summary>Samples a second of each CPU.</summary>
    public int Frequency { get; init; } = 99; // not a divisor of the timer's, so that what runs in step with it is seen as well

    /// <summary>Bytes of the ring buffer; rounded up to a power of two.</summary>
    public long BufferSize { get; init; } = 1 << 20;
}
