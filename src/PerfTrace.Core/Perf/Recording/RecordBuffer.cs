using System.Buffers.Binary;
using System.Text;

namespace PerfTrace.Perf;

/// <summary>Bytes of records and sections as they are put together, in this machine's byte order.</summary>
internal sealed class RecordBuffer
{
    // Texts of sections are padded to a multiple of this (NAME_ALIGN of tools/perf/util/header.c).
    private const int TextAlignment = 64;

    private byte[] _bytes = new byte[4096];
    private int _recordAt;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public byte[] ToArray() => Span.ToArray();

    public void Clear() => Length = 0;

    public RecordBuffer Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public RecordBuffer Word16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(2), value);
        return this;
    }

    public RecordBuffer Word32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        return this;
    }

    public RecordBuffer Word64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        return this;
    }

    public RecordBuffer Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        return this;
    }

    /// <summary>A text with its end and so many zeros that it ends at a multiple of the alignment, counted from its begin.</summary>
    public RecordBuffer Text(string text, int alignment)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Room((length + alignment) / alignment * alignment));
        return this;
    }

    /// <summary>A text of a section: its padded length before it.</summary>
    public RecordBuffer CountedText(string text)
    {
        Word32((uint)((Encoding.UTF8.GetByteCount(text) + TextAlignment) / TextAlignment * TextAlignment));
        return Text(text, TextAlignment);
    }

    /// <summary>Begins a record: struct perf_event_header.</summary>
    public RecordBuffer Begin(uint type, ushort misc)
    {
        _recordAt = Length;
        return Word32(type).Word16(misc).Word16(0);
    }

    /// <summary>Ends it, with room for what attr.sample_id_all puts behind the kernel's own records: zero, as it is of none of the events.</summary>
    public RecordBuffer End(int trailer = 0)
    {
        Room(trailer);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_recordAt + 6), (ushort)(Length - _recordAt));
        return this;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Span<byte> room = _bytes.AsSpan(Length, count);
        room.Clear(); // the buffer is used again
        Length += count;
        return room;
    }
}
