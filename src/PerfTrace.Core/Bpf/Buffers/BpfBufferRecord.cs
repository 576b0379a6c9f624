namespace PerfTrace.Bpf;

/// <summary>A record of a buffer, in place: it is there until the next one is asked for.</summary>
/// <param name="data">What the program wrote.</param>
/// <param name="cpu">The CPU it ran on; -1: the buffer does not tell.</param>
/// <param name="time">When, in nanoseconds of CLOCK_MONOTONIC; 0: the buffer does not tell.</param>
public readonly ref struct BpfBufferRecord(ReadOnlySpan<byte> data, int cpu, ulong time)
{
    /// <summary>What the program wrote. A perf buffer's ends with up to 7 bytes more, as the kernel fills its records up.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>The CPU it was written on; -1: the buffer does not tell.</summary>
    public int Cpu { get; } = cpu;

    /// <summary>When, in nanoseconds of CLOCK_MONOTONIC; 0: the buffer does not tell.</summary>
    public ulong Time { get; } = time;
}
