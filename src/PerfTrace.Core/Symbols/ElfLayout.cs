using System.Buffers.Binary;

namespace PerfTrace.Symbols;

/// <summary>Reads numbers in the byte order and word size of a file.</summary>
internal readonly record struct ElfLayout(bool Is64Bit, bool IsBigEndian)
{
    public int WordSize => Is64Bit ? 8 : 4;

    public int HeaderSize => Is64Bit ? 64 : 52;

    public int SegmentSize => Is64Bit ? 56 : 32;

    public int SectionSize => Is64Bit ? 64 : 40;

    public int SymbolSize => Is64Bit ? 24 : 16;

    public ushort Half(ReadOnlySpan<byte> bytes, int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public uint Word(ReadOnlySpan<byte> bytes, int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public ulong Long(ReadOnlySpan<byte> bytes, int at) => IsBigEndian
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>An address, offset or size: four or eight bytes, as the file's class has it.</summary>
    public ulong Native(ReadOnlySpan<byte> bytes, int at) => Is64Bit ? Long(bytes, at) : Word(bytes, at);
}
