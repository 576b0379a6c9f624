using System.Text;

namespace PerfTrace.Tests.Support;

/// <summary>The sections in which Android's simpleperf tells the symbols of files: the older one of structures and the newer one of protocol buffers.</summary>
internal sealed class SimpleperfFiles(PerfDataBuilder builder)
{
    private readonly List<byte> _structures = [], _messages = [];

    public const int Kernel = 0, Elf = 2, Dex = 3;

    public byte[] Structures => [.. _structures];

    public byte[] Messages => [.. _messages];

    /// <summary>Adds a file to both.</summary>
    /// <param name="path">What the records call it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="leastAddress">The least address of its code.</param>
    /// <param name="offset">Where in the file that is; null: not told, as before Android 11.</param>
    /// <param name="symbols">Address, length and name.</param>
    public SimpleperfFiles Add(string path, int type, ulong leastAddress, ulong? offset, params (ulong Address, uint Length, string Name)[] symbols)
    {
        byte[] structure =
        [
            .. Encoding.UTF8.GetBytes(path), 0, .. builder.Word32((uint)type), .. builder.Word64(leastAddress), .. builder.Word32((uint)symbols.Length),
            .. symbols.SelectMany(s => (byte[])[.. builder.Word64(s.Address), .. builder.Word32(s.Length), .. Encoding.UTF8.GetBytes(s.Name), 0]),
            .. type == Dex ? (byte[])[.. builder.Word32(1), .. builder.Word64(0x100)] : [], .. offset is { } at ? builder.Word64(at) : [],
        ];
        byte[] message =
        [
            .. Counted(1, Encoding.UTF8.GetBytes(path)), .. Number(2, (ulong)type), .. Number(3, leastAddress),
            .. symbols.SelectMany(s => Counted(4, [.. Number(1, s.Address), .. Number(2, s.Length), .. Counted(3, Encoding.UTF8.GetBytes(s.Name))])),
            .. type == Dex ? Counted(5, Number(1, 0x100)) : [], .. offset is { } place ? Counted(6, Number(1, place)) : [],
        ];
        _structures.AddRange([.. builder.Word32((uint)structure.Length), .. structure]);
        _messages.AddRange([.. builder.Word32((uint)message.Length), .. message]);
        return this;
    }

    private static byte[] Number(int field, ulong value) => [(byte)(field << 3), .. Varint(value)];

    private static byte[] Counted(int field, byte[] content) => [(byte)((field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
