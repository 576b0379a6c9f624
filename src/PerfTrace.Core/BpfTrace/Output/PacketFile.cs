using System.Buffers.Binary;

namespace PerfTrace.BpfTrace;

/// <summary>A file of packets, as tcpdump and Wireshark read it: pcap-savefile(5) with nanoseconds, each packet an IP packet without a head of the link (LINKTYPE_RAW).</summary>
internal sealed class PacketFile : IDisposable
{
    private const uint Magic = 0xa1b23c4d, LinkTypeRaw = 101, SnapLength = 1 << 18;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly FileStream _file;

    /// <summary>Makes the file anew.</summary>
    /// <exception cref="IOException">It can not be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Not by this user.</exception>
    public PacketFile(string path)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        // struct pcap_file_header { u32 magic; u16 version_major, version_minor; s32 thiszone; u32 sigfigs, snaplen, linktype; }
        Span<byte> head = stackalloc byte[24];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], LinkTypeRaw);
        _file.Write(head);
    }

    /// <summary>Appends a packet.</summary>
    /// <param name="nanoseconds">When it was seen, since 1970.</param>
    /// <param name="packet">Its bytes.</param>
    public void Write(long nanoseconds, ReadOnlySpan<byte> packet)
    {
        // struct pcap_sf_pkthdr { u32 seconds, nanoseconds, caplen, len; }
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)(nanoseconds / NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)(nanoseconds % NanosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)packet.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)packet.Length);
        _file.Write(head);
        _file.Write(packet);
    }

    public void Dispose() => _file.Dispose();
}
