using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Perf;

/// <summary>Bytes of a perf.data file, read in the byte order of the machine that wrote them. What lies outside is an error that names the place.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="isBigEndian">The machine's byte order.</param>
/// <param name="offset">Where in the file they begin.</param>
internal readonly ref struct PerfDataBytes(ReadOnlySpan<byte> bytes, bool isBigEndian, long offset)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public bool IsBigEndian { get; } = isBigEndian;

    public long Offset { get; } = offset;

    public int Length => _bytes.Length;

    public byte Byte(int at) => Slice(at, 1)[0];

    public ushort Word16(int at)
    {
        ushort word = MemoryMarshal.Read<ushort>(Slice(at, sizeof(ushort)));
        return IsBigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    public uint Word32(int at)
    {
        uint word = MemoryMarshal.Read<uint>(Slice(at, sizeof(uint)));
        return IsBigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    public ulong Word64(int at)
    {
        ulong word = MemoryMarshal.Read<ulong>(Slice(at, sizeof(ulong)));
        return IsBigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    /// <summary>A count of things that take at least so many bytes each: it can not be more than there is room for.</summary>
    public int Count(int at, int size)
    {
        uint count = Word32(at);
        return count <= (uint)(Length / size) ? (int)count : throw new PerfDataException(Offset + at, $"A count of {count} is more than the {Length} bytes of its section can hold.");
    }

    // What throws stands apart: so the rest is small enough to become part of its callers, which makes reading records a third faster.
    public ReadOnlySpan<byte> Slice(int at, int length)
    {
        if ((at | length) < 0 || at > _bytes.Length - length)
            ThrowOutside(at, length);
        return _bytes.Slice(at, length);
    }

    /// <summary>Bytes from here on, with their place in the file.</summary>
    public PerfDataBytes From(int at, int length) => new(Slice(at, length), IsBigEndian, Offset + at);

    /// <summary>Characters up to a zero or the end.</summary>
    public string Text(int at, int length)
    {
        ReadOnlySpan<byte> text = Slice(at, length);
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>struct { u32 length; char text[length]; }, as perf pads it. Moves behind it.</summary>
    public string CountedText(ref int at)
    {
        int length = Count(at, 1);
        string text = Text(at + sizeof(uint), length);
        at += sizeof(uint) + length;
        return text;
    }

    [DoesNotReturn]
    private void ThrowOutside(int at, int length) =>
        throw new PerfDataException(Offset + Math.Clamp(at, 0, _bytes.Length), $"{length} bytes are needed where {Math.Max(0, _bytes.Length - at)} are left.");
}
