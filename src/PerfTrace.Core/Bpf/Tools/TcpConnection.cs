using System.Net;

namespace PerfTrace.Bpf;

/// <summary>A TCP connection that has ended.</summary>
public sealed class TcpConnection : BpfToolEvent
{
    /// <summary>The address on this machine.</summary>
    public required IPAddress LocalAddress { get; init; }

    /// <summary>The port on this machine.</summary>
    public required int LocalPort { get; init; }

    /// <summary>The other side's address.</summary>
    public required IPAddress RemoteAddress { get; init; }

    /// <summary>The other side's port.</summary>
    public required int RemotePort { get; init; }

    /// <summary>Bytes that this side sent, those that were sent again counted once.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes that came.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>From the first packet to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The other side began it.</summary>
    public required bool IsIncoming { get; init; }

    /// <summary>It came about; false: it was refused, or nobody answered.</summary>
    public required bool IsEstablished { get; init; }

    public override string ToString() => $"{new IPEndPoint(LocalAddress, LocalPort)} {(IsIncoming ? "<-" : "->")} {new IPEndPoint(RemoteAddress, RemotePort)}";
}
