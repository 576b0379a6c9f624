namespace PerfTrace.Bpf;

/// <summary>A request to a disk that is done. Its time is when the driver got it; its process made it, and may be a worker of the kernel's.</summary>
public sealed class BlockRequest : BpfToolEvent
{
    /// <summary>The disk; empty for a queue that has none.</summary>
    public required string Disk { get; init; }

    /// <summary>What it did.</summary>
    public required BlockOperation Operation { get; init; }

    /// <summary>Where on the disk, in sectors of 512 bytes.</summary>
    public required long Sector { get; init; }

    /// <summary>How much.</summary>
    public required long Bytes { get; init; }

    /// <summary>How long the driver and the disk took.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>How long it had waited for the driver; null where its making was not seen.</summary>
    public required TimeSpan? QueueTime { get; init; }

    /// <summary>It was done.</summary>
    public required bool IsSuccess { get; init; }

    public override string ToString() => $"{Operation} {Disk} {Sector} {Bytes}";
}
