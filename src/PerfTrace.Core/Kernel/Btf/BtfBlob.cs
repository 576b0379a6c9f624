using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>
/// The bytes of type information (Documentation/bpf/btf.rst) and where each type of it begins. One pass checks that the types follow each other without a gap;
/// what they refer to is checked when it is asked for.
/// </summary>
internal sealed class BtfBlob
{
    public const int TypeSize = 12; // struct btf_type { __u32 name_off; __u32 info; __u32 size or type; }

    private const ushort Magic = 0xeb9f, OtherMagic = 0x9feb;
    private const int HeaderSize = 24; // struct btf_header { __u16 magic; __u8 version, flags; __u32 hdr_len, type_off, type_len, str_off, str_len; }

    private readonly byte[] _data;
    private readonly int[] _places;
    private readonly int _stringsAt, _stringsLength;

    /// <exception cref="BtfException">It is none, or is damaged.</exception>
    public BtfBlob(byte[] data, string source, uint firstId, uint firstString)
    {
        _data = data;
        Source = source;
        FirstId = firstId;
        FirstString = firstString;
        if (data.Length < HeaderSize)
            throw Damage(0, $"{data.Length} bytes are no type information: its header alone has {HeaderSize}");
        switch (BinaryPrimitives.ReadUInt16LittleEndian(data))
        {
            case Magic:
                break;
            case OtherMagic:
                throw Damage(0, "it is of the other byte order (big-endian); this machine is little-endian");
            case var other:
                throw Damage(0, $"it begins with 0x{other:x4} and not with 0x{Magic:x4}, as type information does");
        }
        if (data[2] != 1)
            throw Damage(2, $"it is of version {data[2]}; only version 1 is known");
        uint header = Word(4);
        if (header < HeaderSize)
            throw Damage(4, $"its header has {header} bytes and should have {HeaderSize}");
        (int typesAt, int typesLength) = Section(header, 8, "types");
        (_stringsAt, _stringsLength) = Section(header, 16, "strings");
        if (_stringsLength > 0 && data[_stringsAt + _stringsLength - 1] != 0)
            throw Damage(_stringsAt + _stringsLength - 1, "the last of its strings has no end");
        if (firstString == 0 && (_stringsLength == 0 || data[_stringsAt] != 0))
            throw Damage(_stringsAt, "the first of its strings is not the empty one");
        _places = Index(typesAt, typesLength);
    }

    public string Source { get; }

    /// <summary>The number of the first type; 1 unless the types stand on others.</summary>
    public uint FirstId { get; }

    /// <summary>Where the strings begin, counted from those that these stand on.</summary>
    public uint FirstString { get; }

    public int Count => _places.Length;

    public uint StringEnd => FirstString + (uint)_stringsLength;

    public int Length => _data.Length;

    /// <summary>The place of a type that is in this blob.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Place(uint id) => _places[id - FirstId];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_data.AsSpan(at));

    /// <summary>A string by its offset, which is in this blob.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> String(uint offset)
    {
        ReadOnlySpan<byte> rest = _data.AsSpan(_stringsAt + (int)(offset - FirstString), _stringsLength - (int)(offset - FirstString));
        return rest[..rest.IndexOf((byte)0)]; // the last has an end: the constructor looked
    }

    /// <summary>The offsets at which the strings have a name with its end, also as the end of a longer one.</summary>
    /// <remarks>
    /// As <see cref="FindNames"/> written out: a fresh process runs both once, and the library's vectorised searches are compiled for a first call without being made fast.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindStrings(ReadOnlySpan<byte> nameAndEnd, List<int> offsets)
    {
        ReadOnlySpan<byte> strings = _data.AsSpan(_stringsAt, _stringsLength);
        // The first two bytes of the name, or of a name of one the byte and its end, at sixteen places at a time.
        ref byte start = ref MemoryMarshal.GetReference(strings);
        Vector128<byte> first = Vector128.Create(nameAndEnd[0]), second = Vector128.Create(nameAndEnd[1]);
        int at = 0;
        for (int last = strings.Length - Vector128<byte>.Count - 1; at <= last; at += Vector128<byte>.Count)
        {
            uint found = (Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)at), first) & Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)at + 1), second)).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                int place = at + BitOperations.TrailingZeroCount(found);
                if (strings[place..].StartsWith(nameAndEnd))
                    offsets.Add((int)FirstString + place);
            }
        }
        for (; at < strings.Length; at++)
        {
            if (strings[at..].StartsWith(nameAndEnd))
                offsets.Add((int)FirstString + at);
        }
    }

    /// <summary>The types whose names are at these offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindNames(ReadOnlySpan<int> offsets, List<int> ids)
    {
        for (int i = 0; i < _places.Length; i++)
        {
            int offset = (int)Word(_places[i]);
            foreach (int one in offsets)
            {
                if (one == offset)
                    ids.Add((int)FirstId + i);
            }
        }
    }

    public string Text(uint offset) => Encoding.UTF8.GetString(String(offset));

    public ReadOnlySpan<byte> Bytes => _data;

    public BtfException Damage(long at, string problem) => new(Source, at, problem);

    private (int At, int Length) Section(uint header, int field, string what)
    {
        ulong at = header + (ulong)Word(field), length = Word(field + 4);
        return at + length <= (ulong)_data.Length
            ? ((int)at, (int)length)
            : throw Damage(field, $"its {what} reach to byte {at + length}, and it has {_data.Length}");
    }

    // The runtime compiles it at once as well as it can: it runs once, for some hundred thousand types.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] Index(int at, int length)
    {
        // Bytes behind struct btf_type, for each member and in all, by kind.
        ReadOnlySpan<byte> memberSizes = [0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12];
        ReadOnlySpan<byte> fixedSizes = [0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0];
        int end = at + length;
        int[] places = GC.AllocateUninitializedArray<int>((length / TypeSize) + 1);
        int count = 0;
        while (at < end)
        {
            if (end - at < TypeSize)
                throw CutOff(at, count);
            uint info = BinaryPrimitives.ReadUInt32LittleEndian(_data.AsSpan(at + 4));
            int kind = (int)(info >> 24) & 0x1f, members = (int)(info & 0xffff);
            if (kind == 0 || kind >= memberSizes.Length)
                throw Unknown(at, count, kind);
            int size = TypeSize + fixedSizes[kind] + (members * memberSizes[kind]);
            if (size > end - at)
                throw CutOff(at, count, size, end - at);
            places[count++] = at;
            at += size;
        }
        return places.AsSpan(0, count).ToArray();
    }

    // Apart from where they are thrown: a fresh process need not compile them.
    private BtfException CutOff(int at, int index) => Damage(at, $"type {FirstId + (uint)index} is cut off");

    private BtfException CutOff(int at, int index, int size, int left) => Damage(at, $"type {FirstId + (uint)index} has {size} bytes, of which {left} are there");

    private BtfException Unknown(int at, int index, int kind) => Damage(at + 4, $"type {FirstId + (uint)index} is of kind {kind}, which is not known");
}
