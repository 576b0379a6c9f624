using System.Buffers.Binary;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Support;

/// <summary>Writes pages as ftrace's ring buffers hold them.</summary>
internal sealed class RingPageBuilder
{
    public static readonly RingPageLayout Layout = new(0, 8, 8, 16, 4096);

    private readonly byte[] _page = new byte[4096];
    private int _at = 16;

    public RingPageBuilder(ulong time) => BinaryPrimitives.WriteUInt64LittleEndian(_page, time);

    public RingPageBuilder Small(uint delta, params byte[] data)
    {
        Word((uint)(data.Length / 4) | delta << 5);
        return Bytes(data);
    }

    public RingPageBuilder Long(uint delta, params byte[] data)
    {
        Word(delta << 5);
        Word((uint)data.Length + 4);
        return Bytes(data);
    }

    public RingPageBuilder TakenBack(uint delta, int length)
    {
        Word(29 | delta << 5);
        Word((uint)length + 4);
        _at += length;
        return this;
    }

    public RingPageBuilder Extend(ulong delta) => Pair(30, delta);

    public RingPageBuilder Stamp(ulong time) => Pair(31, time & ((1UL << 59) - 1));

    public RingPageBuilder Word(uint word)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_page.AsSpan(_at), word);
        _at += 4;
        return this;
    }

    /// <summary>The page, with flags beside the length, and the number of lost records behind the last one.</summary>
    public byte[] Build(uint flags = 0, ulong? missed = null, int? length = null)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_page.AsSpan(8), (uint)(length ?? _at - 16) | flags);
        if (missed is { } number)
            BinaryPrimitives.WriteUInt64LittleEndian(_page.AsSpan(_at), number);
        return _page;
    }

    private RingPageBuilder Pair(uint type, ulong value)
    {
        Word(type | (uint)(value & ((1 << 27) - 1)) << 5);
        return Word((uint)(value >> 27));
    }

    private RingPageBuilder Bytes(byte[] data)
    {
        data.CopyTo(_page, _at);
        _at += data.Length;
        return this;
    }
}
