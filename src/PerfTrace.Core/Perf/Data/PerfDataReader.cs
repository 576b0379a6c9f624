using System.Buffers.Binary;

namespace PerfTrace.Perf;

/// <summary>
/// Reads the header and the attributes, and then one record after the other, of a perf.data file or of what <c>perf record -o -</c> writes, of either
/// byte order (<c>tools/perf/Documentation/perf.data-file-format.txt</c>, <c>tools/perf/util/header.c</c>).
/// </summary>
internal sealed class PerfDataReader : IDisposable
{
    private const int MagicSize = 8, PipeHeaderSize = 16, FileHeaderSize = 104, SectionSize = 16, LongestRecord = ushort.MaxValue;

    private readonly PerfDataSource _source;
    private readonly List<PerfDataAttribute> _attributes = [];
    private readonly Dictionary<PerfDataFeature, (long Offset, long Size)> _sections = [];
    private readonly bool _isBigEndian;
    private readonly long _dataEnd;
    private long _dataOffset;
    private ZstdStream? _zstd;

    // What compressed records held: as much as one of them gives, and the part of a record that the one before ended with.
    private byte[] _plain = [];
    private int _plainStart, _plainEnd;
    private long _plainOffset;

    private PerfDataReader(Stream stream)
    {
        _source = new PerfDataSource(stream);
        ReadOnlySpan<byte> begin = _source.Peek(MagicSize);
        // Of a text of a few letters it would be said that it ends too early.
        if (begin.IsEmpty)
            throw new PerfDataException(0, "The file is empty.");
        if (!"PERFILE2"u8.StartsWith(begin) && !"2ELIFREP"u8.StartsWith(begin))
            throw new PerfDataException(0, "It does not begin as perf.data files do (PERFILE2).");
        PerfDataBytes magic = new(_source.Read(PipeHeaderSize), false, 0);
        // "PERFILE2", a number in the byte order of the machine that wrote it.
        const ulong Magic = 0x32454c4946524550;
        ulong found = magic.Word64(0);
        _isBigEndian = found == BinaryPrimitives.ReverseEndianness(Magic);
        long headerSize = (long)new PerfDataBytes(magic.Slice(0, PipeHeaderSize), _isBigEndian, 0).Word64(MagicSize);
        IsPipe = headerSize == PipeHeaderSize;
        if (IsPipe)
        {
            _dataEnd = long.MaxValue;
            return;
        }
        if (headerSize != FileHeaderSize)
            throw new PerfDataException(MagicSize, $"A header of {headerSize} bytes is neither that of a file ({FileHeaderSize}) nor of a pipe ({PipeHeaderSize}).");
        if (_source.Length is null)
            throw new PerfDataException(MagicSize, "This was recorded into a file, which can not be read from a pipe: give its path.");
        _dataEnd = ReadHeader();
    }

    /// <summary>It was written to a pipe.</summary>
    public bool IsPipe { get; }

    public bool IsBigEndian => _isBigEndian;

    /// <summary>The file's length; null for a pipe.</summary>
    public long? Length => _source.Length;

    /// <summary>How many bytes have been read of it.</summary>
    public long Position => _source.Position;

    /// <summary>The events; those of a pipe as far as its records have told.</summary>
    public IReadOnlyList<PerfDataAttribute> Attributes => _attributes;

    /// <summary>The sections behind the data, by what they are; none for a pipe.</summary>
    public IReadOnlyDictionary<PerfDataFeature, (long Offset, long Size)> Sections => _sections;

    /// <summary>What is wrong with the table of the sections; null when nothing is.</summary>
    public PerfDataException? SectionProblem { get; private set; }

    /// <summary>The records that held others, compressed, so far.</summary>
    public (uint Type, long Count, long Bytes) Compressed { get; private set; }

    /// <summary>Opens it.</summary>
    /// <exception cref="PerfDataException">It is no perf.data, or its header is damaged.</exception>
    public static PerfDataReader Open(Stream stream)
    {
        try
        {
            return new PerfDataReader(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a section. Reading records goes on from there only after <see cref="SeekToRecords"/>.</summary>
    /// <exception cref="PerfDataException">It is not within the file.</exception>
    public PerfDataBytes ReadSection(PerfDataFeature feature)
    {
        (long offset, long size) = _sections[feature];
        return ReadAt(offset, size);
    }

    /// <summary>What is wrong with where a section lies; null when the file has all of it.</summary>
    public PerfDataException? ProblemOf(PerfDataFeature feature)
    {
        (long offset, long size) = _sections[feature];
        return size >= 0 && offset >= 0 && offset <= _source.Length - size ? null
            : new PerfDataException(Math.Max(0, offset), $"{size} bytes are to be there, and the file has {_source.Length}.");
    }

    /// <summary>Goes to the first record of a file.</summary>
    public void SeekToRecords()
    {
        if (!IsPipe)
            _source.Seek(_dataOffset);
    }

    /// <summary>The next record; false at the end.</summary>
    /// <exception cref="PerfDataException">Something is no record there.</exception>
    public bool TryNext(out PerfDataRecord record)
    {
        while (true)
        {
            if (_plainEnd > _plainStart && TryTakePlain(out record))
                return true;
            long offset = _source.Position;
            if (offset >= _dataEnd || !_source.TryPeek(PerfRing.HeaderSize, out ReadOnlySpan<byte> header))
            {
                if (_plainEnd > _plainStart)
                    throw new PerfDataException(_plainOffset, "The compressed records end within one.");
                record = default;
                return false;
            }
            int size = SizeOf(new PerfDataBytes(header, _isBigEndian, offset));
            if (size > _dataEnd - offset)
                throw new PerfDataException(offset, $"A record of {size} bytes reaches beyond the records, which end at offset {_dataEnd}.");
            record = new PerfDataRecord(new PerfDataBytes(_source.Read(size), _isBigEndian, offset));
            switch (record.Type)
            {
                case PerfDataRecordNames.Compressed:
                    Decompress(record.Type, size, record.Bytes.Slice(PerfRing.HeaderSize, size - PerfRing.HeaderSize), offset);
                    continue;
                case PerfDataRecordNames.Compressed2:
                    // struct { header; u64 data_size; char data[]; }: the record is padded to whole words.
                    Decompress(record.Type, size, record.Bytes.Slice(PerfRing.HeaderSize + 8, (int)Math.Min(record.Bytes.Word64(PerfRing.HeaderSize), int.MaxValue)), offset);
                    continue;
                case PerfDataRecordNames.HeaderAttribute when IsPipe:
                    AddAttribute(record.Bytes);
                    break;
            }
            return true;
        }
    }

    /// <summary>Goes over what stands behind a record and is not part of it: the formats in a pipe, the trace of a processor.</summary>
    public void SkipPayload(uint type, ulong size)
    {
        if (type == PerfDataRecordNames.TracingData && IsPipe)
            _source.Skip((long)Math.Min((size + 7) & ~7UL, (ulong)long.MaxValue));
        else if (type == PerfDataRecordNames.AuxTrace)
            _source.Skip((long)Math.Min(size, (ulong)long.MaxValue));
    }

    /// <summary>What stands behind a record and is not part of it, in whole words: the formats in a pipe.</summary>
    public PerfDataBytes ReadPayload(uint size)
    {
        // All formats of a kernel are some four million bytes.
        const uint Most = 256 << 20;
        if (size > Most)
            throw new PerfDataException(_source.Position, $"The formats of tracepoints can not take {size} bytes.");
        long offset = _source.Position;
        return new PerfDataBytes(_source.Read((int)((size + 7) & ~7U)).Slice(0, (int)size), _isBigEndian, offset);
    }

    public void Dispose()
    {
        _zstd?.Dispose();
        _source.Dispose();
    }

    // struct perf_file_header: magic, size, attr_size, { offset, size } of attrs, data and event_types, 256 bits of features.
    private long ReadHeader()
    {
        _source.Seek(0);
        var header = new PerfDataBytes(_source.Read(FileHeaderSize).ToArray(), _isBigEndian, 0);
        ulong attributeSize = header.Word64(16);
        (long attributesAt, long attributesSize) = Section(header, 24);
        (_dataOffset, long dataSize) = Section(header, 40);
        if (_dataOffset < 0 || dataSize < 0 || _dataOffset > long.MaxValue - dataSize)
            throw new PerfDataException(40, $"The records can not be {dataSize} bytes from offset {_dataOffset} on.");
        if (attributeSize is < PerfDataAttribute.SmallestSize + SectionSize or > 4096)
            throw new PerfDataException(16, $"Attributes of {attributeSize} bytes can not be.");
        long length = _source.Length!.Value;
        // A recorder that was killed has not come to write it: what it wrote reaches to the end.
        bool isCutOff = dataSize == 0;
        long dataEnd = isCutOff ? length : _dataOffset + dataSize;
        ReadAttributes(attributesAt, attributesSize, (int)attributeSize);
        try
        {
            if (!isCutOff)
                ReadSectionTable(header, dataEnd);
        }
        catch (PerfDataException e)
        {
            // The records are before it.
            SectionProblem = e;
        }
        SeekToRecords();
        return dataEnd;
    }

    private void ReadAttributes(long at, long size, int each)
    {
        PerfDataBytes all = ReadAt(at, size);
        byte[] copy = all.Slice(0, all.Length).ToArray();
        for (int place = 0; place + each <= copy.Length; place += each)
        {
            var attribute = new PerfDataBytes(copy.AsSpan(place, each), _isBigEndian, at + place);
            (long idsAt, long idsSize) = Section(attribute, each - SectionSize);
            _attributes.Add(PerfDataAttribute.Parse(attribute, Ids(ReadAt(idsAt, idsSize))));
        }
        if (_attributes.Count == 0)
            throw new PerfDataException(at, "It has no events.");
    }

    private void ReadSectionTable(PerfDataBytes header, long at)
    {
        const int FeaturesOffset = 72, Words = 4;
        var features = new List<PerfDataFeature>();
        for (int bit = 0; bit < Words * 64; bit++)
        {
            if ((header.Word64(FeaturesOffset + (bit / 64 * 8)) & (1UL << (bit % 64))) != 0)
                features.Add((PerfDataFeature)bit);
        }
        PerfDataBytes table = ReadAt(at, features.Count * (long)SectionSize);
        for (int i = 0; i < features.Count; i++)
            _sections[features[i]] = Section(table, i * SectionSize);
    }

    // struct { header; struct perf_event_attr attr; u64 ids[]; }
    private void AddAttribute(PerfDataBytes record)
    {
        PerfDataBytes attribute = record.From(PerfRing.HeaderSize, record.Length - PerfRing.HeaderSize);
        int size = PerfDataAttribute.SizeOf(attribute);
        _attributes.Add(PerfDataAttribute.Parse(attribute, Ids(attribute.From(size, attribute.Length - size))));
    }

    private PerfDataBytes ReadAt(long offset, long size)
    {
        if (size < 0 || offset < 0 || offset > _source.Length - size || size > int.MaxValue)
            throw new PerfDataException(Math.Max(0, offset), $"{size} bytes are to be there, and the file has {_source.Length}.");
        _source.Seek(offset);
        return new PerfDataBytes(_source.Read((int)size), _isBigEndian, offset);
    }

    private static (long Offset, long Size) Section(PerfDataBytes bytes, int at) => ((long)bytes.Word64(at), (long)bytes.Word64(at + 8));

    private static ulong[] Ids(PerfDataBytes bytes)
    {
        var ids = new ulong[bytes.Length / sizeof(ulong)];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = bytes.Word64(i * sizeof(ulong));
        return ids;
    }

    private static int SizeOf(PerfDataBytes header)
    {
        int size = header.Word16(6);
        return size >= PerfRing.HeaderSize ? size : throw new PerfDataException(header.Offset, $"A record of {size} bytes can not be.");
    }

    private bool TryTakePlain(out PerfDataRecord record)
    {
        record = default;
        int there = _plainEnd - _plainStart;
        if (there < PerfRing.HeaderSize)
            return false;
        int size = SizeOf(new PerfDataBytes(_plain.AsSpan(_plainStart, PerfRing.HeaderSize), _isBigEndian, _plainOffset));
        if (there < size)
            return false;
        record = new PerfDataRecord(new PerfDataBytes(_plain.AsSpan(_plainStart, size), _isBigEndian, _plainOffset));
        _plainStart += size;
        return true;
    }

    private void Decompress(uint type, int size, ReadOnlySpan<byte> bytes, long offset)
    {
        Compressed = (type, Compressed.Count + 1, Compressed.Bytes + size);
        // A record may begin in one and end in the next: what is left of the former stays, in front.
        _plain.AsSpan(_plainStart, _plainEnd - _plainStart).CopyTo(_plain);
        _plainEnd -= _plainStart;
        _plainStart = 0;
        _plainOffset = offset;
        (_zstd ??= new ZstdStream()).Decompress(bytes, offset, AddPlain);
    }

    private void AddPlain(ReadOnlySpan<byte> bytes)
    {
        // perf compresses what a ring buffer holds: more than all that memory could be is none of its doing.
        const int Most = 1 << 30;
        int needed = _plainEnd + bytes.Length;
        if (needed > Most)
            throw new PerfDataException(_plainOffset, $"The record unpacks to more than {Most} bytes.");
        if (needed > _plain.Length)
            Array.Resize(ref _plain, Math.Max(needed, Math.Min(2 * Math.Max(_plain.Length, LongestRecord), Most)));
        bytes.CopyTo(_plain.AsSpan(_plainEnd));
        _plainEnd = needed;
    }
}
