using PerfTrace.Events;

namespace PerfTrace.Bpf;

/// <summary>What came of reading a buffer, and what did not come.</summary>
public sealed record BpfBufferSummary
{
    /// <summary>Records that were taken.</summary>
    public required long Records { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Records that the program took back (<c>bpf_ringbuf_discard</c>).</summary>
    public long Discarded { get; init; }

    /// <summary>Records that found no room. Null: nobody counts them; <see cref="IsLossPossible"/> says whether there can be any.</summary>
    public required long? Lost { get; init; }

    /// <summary>The same by CPU, where the kernel counts by CPU; only CPUs that lost any.</summary>
    public IReadOnlyList<CpuLoss> LostPerCpu { get; init; } = [];

    /// <summary>The buffer was so full once that a record of the largest size seen would have found no room.</summary>
    public bool IsLossPossible { get; init; }

    /// <summary>Records that were given after one of a later time.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Records that were not in the form that the kernel promised.</summary>
    public long Undecodable { get; init; }

    /// <summary>From start to end.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The bound: bytes of the buffer, of each CPU's where each has one.</summary>
    public required long BufferSize { get; init; }

    /// <summary>The most bytes of the buffer that were taken at a time; of a ring buffer alone.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>What happens when the buffer is full.</summary>
    public BpfBufferPolicy Policy { get; init; } = BpfBufferPolicy.DropNewest;

    public override string ToString() => $"{Records} records, {(Lost is { } lost ? $"{lost}" : IsLossPossible ? "unknown how many" : "none")} lost";
}
