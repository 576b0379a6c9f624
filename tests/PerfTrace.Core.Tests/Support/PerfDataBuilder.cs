using System.Buffers.Binary;
using System.Text;

namespace PerfTrace.Tests.Support;

/// <summary>Writes perf.data files of either byte order: one event, whose samples have thread, time and period unless told otherwise.</summary>
/// <param name="isBigEndian">The byte order.</param>
/// <param name="sampleType">perf_event_attr.sample_type: PERF_SAMPLE_TID | TIME | PERIOD.</param>
/// <param name="type">perf_event_attr.type.</param>
/// <param name="config">perf_event_attr.config.</param>
internal sealed class PerfDataBuilder(bool isBigEndian, ulong sampleType = 0x106, uint type = 1, ulong config = 0)
{
    // Disabled, inherit, freq, sample_id_all as bits of the attribute's bit field.
    private static readonly int[] FlagBits = [0, 1, 10, 18];

    private readonly List<byte> _records = [];
    private readonly SortedDictionary<int, byte[]> _sections = [];

    public PerfDataBuilder Sample(uint pid, ulong time) => Record(9, 1, [.. Word32(pid), .. Word32(pid), .. Word64(time), .. Word64(1)]);

    /// <summary>PERF_RECORD_LOST with the trailer of sample_id_all.</summary>
    public PerfDataBuilder Lost(ulong count, ulong time) => Record(2, 0, [.. Word64(1), .. Word64(count), .. Word32(1), .. Word32(1), .. Word64(time)]);

    public PerfDataBuilder Record(uint type, ushort misc, byte[] body, int? size = null)
    {
        _records.AddRange([.. Word32(type), .. Word16(misc), .. Word16((ushort)(size ?? (body.Length + 8))), .. body]);
        return this;
    }

    /// <summary>PERF_RECORD_MMAP2 of code; without a time it is before all that has one.</summary>
    public PerfDataBuilder Map(uint pid, ulong start, ulong length, ulong offset, string path, ulong time = 0) => Record(10, 2,
        [.. Word32(pid), .. Word32(pid), .. Word64(start), .. Word64(length), .. Word64(offset), .. new byte[24], .. Word32(5), .. Word32(2), .. Name(path), .. Trailer(time)]);

    public PerfDataBuilder Comm(uint pid, uint tid, string name, ulong time, bool isExec = false) =>
        Record(3, (ushort)(isExec ? 1 << 13 : 0), [.. Word32(pid), .. Word32(tid), .. Name(name), .. Trailer(time)]);

    public PerfDataBuilder Fork(uint pid, uint parent, uint tid, uint parentThread, ulong time) =>
        Record(7, 0, [.. Word32(pid), .. Word32(parent), .. Word32(tid), .. Word32(parentThread), .. Word64(time), .. Trailer(time)]);

    public PerfDataBuilder Exit(uint pid, uint tid, ulong time) =>
        Record(4, 0, [.. Word32(pid), .. Word32(pid), .. Word32(tid), .. Word32(tid), .. Word64(time), .. Trailer(time)]);

    /// <summary>PERF_RECORD_KSYMBOL.</summary>
    public PerfDataBuilder KernelSymbol(ulong start, uint length, string name, ulong time, ushort flags = 0) =>
        Record(17, 0, [.. Word64(start), .. Word32(length), .. Word16(1), .. Word16(flags), .. Name(name), .. Trailer(time)]);

    /// <summary>PERF_RECORD_FINISHED_ROUND.</summary>
    public PerfDataBuilder Round() => Record(68, 0, []);

    /// <summary>A name with its zero, in whole words.</summary>
    public static byte[] Name(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return [.. bytes, .. new byte[8 - (bytes.Length % 8)]];
    }

    // sample_id_all of TID and TIME.
    private byte[] Trailer(ulong time) => [.. Word32(0), .. Word32(0), .. Word64(time)];

    public PerfDataBuilder Section(int feature, byte[] content)
    {
        _sections[feature] = content;
        return this;
    }

    public PerfDataBuilder Text(int feature, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\0");
        return Section(feature, [.. Word32((uint)bytes.Length), .. bytes]);
    }

    /// <summary>The records so far, without a header.</summary>
    public byte[] Records => [.. _records];

    public byte[] Build()
    {
        const int HeaderSize = 104, AttributeSize = 64 + 16;
        long dataAt = HeaderSize + AttributeSize, tableAt = dataAt + _records.Count, at = tableAt + (16 * _sections.Count);
        using var file = new MemoryStream();
        ulong[] features = new ulong[4];
        foreach (int feature in _sections.Keys)
            features[feature / 64] |= 1UL << (feature % 64);
        file.Write([.. Word64(0x32454c4946524550), .. Word64(HeaderSize), .. Word64(AttributeSize), .. Word64(HeaderSize), .. Word64(AttributeSize),
            .. Word64((ulong)dataAt), .. Word64((ulong)_records.Count), .. new byte[16], .. features.SelectMany(Word64)]);
        ulong flags = FlagBits.Aggregate(0UL, (bits, bit) => bits | (1UL << (isBigEndian ? 63 - bit : bit)));
        file.Write([.. Word32(type), .. Word32(64), .. Word64(config), .. Word64(997), .. Word64(sampleType), .. Word64(0), .. Word64(flags), .. new byte[16], .. Word64(0), .. Word64(0)]);
        file.Write([.. _records]);
        foreach (byte[] section in _sections.Values)
        {
            file.Write([.. Word64((ulong)at), .. Word64((ulong)section.Length)]);
            at += section.Length;
        }
        foreach (byte[] section in _sections.Values)
            file.Write(section);
        return file.ToArray();
    }

    public byte[] Word16(ushort value) => BitConverter.GetBytes(isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    public byte[] Word32(uint value) => BitConverter.GetBytes(isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    public byte[] Word64(ulong value) => BitConverter.GetBytes(isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
}
