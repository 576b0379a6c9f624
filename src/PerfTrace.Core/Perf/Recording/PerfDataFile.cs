using Microsoft.Win32.SafeHandles;

namespace PerfTrace.Perf;

/// <summary>
/// A perf.data file that is being written: header, numbers and attributes of the events, the sections that are known from the start, the records, and behind
/// them the table of the sections with those that are known at the end.
/// </summary>
/// <remarks>
/// The table is written anew behind the records at each <see cref="Commit"/>, and the header then says where the records end. So the file is complete but for
/// the last sections whenever its writer is killed; in the moment between, the header says that there are no sections, and how far the records reached before.
/// </remarks>
internal sealed class PerfDataFile : IDisposable
{
    // struct perf_file_header of tools/perf/util/header.h.
    private const int HeaderSize = 104;
    private const ulong Magic = 0x32454c4946524550; // PERFILE2

    private static ReadOnlySpan<byte> Zeros => [0, 0, 0, 0, 0, 0, 0, 0];

    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;
    private readonly SortedDictionary<PerfDataFeature, (long Offset, long Size)> _sections = [];
    private readonly long _attributesAt, _attributesSize, _dataAt;
    private readonly RecordBuffer _buffer = new();
    private long _end, _committed;
    private bool _isAppending;

    private PerfDataFile(string path, FileStream stream, IReadOnlyList<SampledEvent> events, IEnumerable<(PerfDataFeature Feature, byte[] Content)> sections)
    {
        const int AttributeEntrySize = EventSections.AttributeSize + 16;
        Path = path;
        _stream = stream;
        _handle = stream.SafeFileHandle;
        var buffer = new RecordBuffer();
        long at = HeaderSize;
        var idsAt = new List<long>();
        foreach (SampledEvent e in events)
        {
            idsAt.Add(at);
            foreach (ulong id in e.Ids)
                buffer.Word64(id);
            at += e.Ids.Count * sizeof(ulong);
        }
        _attributesAt = at;
        _attributesSize = events.Count * AttributeEntrySize;
        Span<byte> room = stackalloc byte[EventSections.AttributeSize];
        for (int i = 0; i < events.Count; i++)
            buffer.Bytes(EventSections.AttributeBytes(in events[i].Attributes, room)).Word64((ulong)idsAt[i]).Word64((ulong)events[i].Ids.Count * sizeof(ulong));
        at += _attributesSize;
        foreach ((PerfDataFeature feature, byte[] content) in sections)
        {
            _sections[feature] = (at, content.Length);
            int padding = -content.Length & 7;
            buffer.Bytes(content).Bytes(Zeros[..padding]);
            at += content.Length + padding;
        }
        _dataAt = at;
        // perf takes a file without any record for one that was not properly ended.
        int before = buffer.Length;
        buffer.Begin(PerfDataRecordNames.FinishedRound, 0).End();
        _end = _committed = at + buffer.Length - before;
        AppendTable(buffer);
        // With one write: there is no half a header.
        AppendHeader(_buffer, hasSections: true);
        Write(_buffer.Bytes(buffer.Span).Span, 0);
    }

    public string Path { get; }

    /// <summary>Bytes so far.</summary>
    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Creates a file; one that is there is kept as <c>path.old</c>.</summary>
    /// <param name="path">Where.</param>
    /// <param name="events">The events, with the numbers of their counters.</param>
    /// <param name="sections">What is known from the start.</param>
    /// <exception cref="IOException">It can not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public static PerfDataFile Create(string path, IReadOnlyList<SampledEvent> events, IEnumerable<(PerfDataFeature Feature, byte[] Content)> sections)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException(); // the modes of files below are Unix's
        if (File.Exists(path) && new FileInfo(path).Length > 0)
            File.Move(path, path + ".old", overwrite: true);
        // Nobody else need keep off: readers see a complete file at each moment.
        // Other users are not to see what runs here.
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            return new PerfDataFile(path, stream, events, sections);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes records behind those that are there.</summary>
    public void Append(ReadOnlySpan<byte> records)
    {
        if (records.IsEmpty)
            return;
        if (!_isAppending)
        {
            // The records overwrite the table.
            WriteHeader(hasSections: false);
            _isAppending = true;
        }
        Write(records, _end);
        _end += records.Length;
    }

    /// <summary>Makes what was appended part of the file.</summary>
    public void Commit()
    {
        WriteTable(_end);
        _committed = _end;
        _isAppending = false;
        WriteHeader(hasSections: true);
    }

    /// <summary>Commits with the sections that are known at the end.</summary>
    public void Finish(IEnumerable<(PerfDataFeature Feature, byte[] Content)> sections)
    {
        (PerfDataFeature Feature, byte[] Content)[] last = [.. sections];
        int count = last.Count(s => !_sections.ContainsKey(s.Feature)) + _sections.Count;
        long at = _end + (count * 16);
        var contents = new RecordBuffer();
        foreach ((PerfDataFeature feature, byte[] content) in last)
        {
            _sections[feature] = (at + contents.Length, content.Length);
            contents.Bytes(content);
        }
        if (!_isAppending)
            WriteHeader(hasSections: false);
        Write(contents.Span, at);
        Commit();
    }

    /// <summary>Gives up what was not committed: after an error the file is as it was before.</summary>
    public void Abandon()
    {
        _end = _committed;
        // Room for the table, where the disk is full.
        RandomAccess.SetLength(_handle, _end);
        Commit();
    }

    public void Dispose() => _stream.Dispose();

    // A table entry for each feature, in the order of their bits: u64 offset, u64 size.
    private void WriteTable(long at)
    {
        _buffer.Clear();
        AppendTable(_buffer);
        Write(_buffer.Span, at);
    }

    private void AppendTable(RecordBuffer buffer)
    {
        foreach ((long offset, long size) in _sections.Values)
            buffer.Word64((ulong)offset).Word64((ulong)size);
    }

    private void WriteHeader(bool hasSections)
    {
        _buffer.Clear();
        AppendHeader(_buffer, hasSections);
        Write(_buffer.Span, 0);
    }

    private void AppendHeader(RecordBuffer buffer, bool hasSections)
    {
        ulong features = 0;
        if (hasSections)
        {
            foreach (PerfDataFeature feature in _sections.Keys)
                features |= 1UL << (int)feature;
        }
        buffer.Word64(Magic).Word64(HeaderSize).Word64(EventSections.AttributeSize + 16).Word64((ulong)_attributesAt).Word64((ulong)_attributesSize)
            .Word64((ulong)_dataAt).Word64((ulong)(_committed - _dataAt)).Word64(0).Word64(0).Word64(features).Word64(0).Word64(0).Word64(0);
    }

    private void Write(ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(_handle, bytes, at);
}
