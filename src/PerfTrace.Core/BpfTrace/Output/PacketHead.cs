using System.Buffers.Binary;

namespace PerfTrace.BpfTrace;

/// <summary>What a program writes before a packet that it gives.</summary>
/// <param name="File">The file: a number of the plan's texts.</param>
/// <param name="Skipped">So many of the first bytes are not wanted.</param>
/// <param name="Bytes">So many were asked for, with those.</param>
/// <param name="BootNanoseconds">When, by the boot clock.</param>
internal readonly record struct PacketHead(int File, long Skipped, long Bytes, long BootNanoseconds)
{
    public const int Path = 0, Offset = 8, Length = 16, Time = 24, Size = 32;

    /// <summary>Takes a record apart.</summary>
    /// <param name="record">The head, the packet, and what fills the record up.</param>
    /// <param name="head">The head.</param>
    /// <param name="packet">The bytes that are wanted.</param>
    /// <returns>False: it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out PacketHead head, out ReadOnlySpan<byte> packet)
    {
        head = default;
        packet = default;
        if (record.Length < Size)
            return false;
        long Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);
        head = new PacketHead((int)Number(record[Path..]), Number(record[Offset..]), Number(record[Length..]), Number(record[Time..]));
        ReadOnlySpan<byte> bytes = record[Size..];
        if (head.Bytes < 0 || head.Bytes > bytes.Length || head.Skipped < 0)
            return false;
        packet = head.Skipped >= head.Bytes ? default : bytes[(int)head.Skipped..(int)head.Bytes];
        return true;
    }
}
