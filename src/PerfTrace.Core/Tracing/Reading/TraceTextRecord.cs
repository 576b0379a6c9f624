namespace PerfTrace.Tracing;

/// <summary>A line of the <c>trace</c> file with those that belong to it, before it is made an object.</summary>
internal sealed class TraceTextRecord(TraceLine head, byte[] message)
{
    public TraceLine Head { get; } = head;

    /// <summary>The message; what follows on lines of its own is part of it.</summary>
    public byte[] Message { get; private set; } = message;

    public List<string>? KernelFrames { get; set; }

    public List<string>? UserFrames { get; set; }

    public GraphLine? Graph { get; init; }

    public void Append(ReadOnlySpan<byte> line) => Message = [.. Message, (byte)'\n', .. line];
}
