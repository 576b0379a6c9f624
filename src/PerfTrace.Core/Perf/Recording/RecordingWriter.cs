using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Takes the records of a <see cref="SamplingSession"/> from its rings into a file, or into one after the other.</summary>
internal sealed class RecordingWriter : IDisposable
{
    private readonly SamplingSession _session;
    private readonly RecordingOptions _options;
    private readonly SystemPaths _paths;
    private readonly MappedFiles _files;
    private readonly RecordTally _tally;
    private readonly RecordBuffer _buffer = new();
    private readonly Dictionary<PerfRing, ulong> _snapshotHeads = [];
    private readonly List<string> _finished = [];
    private readonly PerfDataAttribute _first;
    private PerfDataFile? _file;
    private BpfSections _programs = new();
    private ZstdCompressor? _compressor;
    private long _finishedBytes;
    private bool _isFinished;

    public RecordingWriter(SamplingSession session, RecordingOptions options, SystemPaths paths)
    {
        _session = session;
        _options = options;
        _paths = paths;
        _first = session.Events[0].Description;
        _files = new MappedFiles(paths);
        _tally = new RecordTally(_first.SampleType, _files);
    }

    public long Samples => _tally.Samples;

    /// <summary>Bytes of all files so far.</summary>
    public long Bytes => _finishedBytes + (_isFinished ? 0 : _file?.Length ?? 0);

    /// <summary>Bytes of the file that is being written.</summary>
    public long FileBytes => _file?.Length ?? 0;

    /// <summary>Samples and other records that found no room.</summary>
    public long Lost { get; private set; }

    /// <summary>The files, the one that is being written last.</summary>
    public IReadOnlyList<string> Files => _isFinished ? _finished : [.. _finished, _options.Path];

    /// <summary>Creates the file.</summary>
    public void Begin()
    {
        _compressor = _options.Compress ? new ZstdCompressor() : null;
        _file = PerfDataFile.Create(_options.Path, _session.Events, FirstSections());
        _tally.BeginFile();
    }

    /// <summary>Writes what was there before the events were opened.</summary>
    /// <param name="isRunning">A command has had its exec.</param>
    /// <param name="stop">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public void WriteExisting(bool isRunning = false, CancellationToken stop = default)
    {
        _programs = new BpfSections();
        new ProcessRecords(_paths, _first, _file!.Append, _files, _programs).Write(_session.Target, _session.CommandId, isRunning, stop);
        _file!.Commit();
    }

    /// <summary>Writes what the kernel has written into the rings, and gives it the room back.</summary>
    public void Drain()
    {
        bool isAny = false;
        foreach (PerfRing ring in _session.Rings)
        {
            ulong tail = ring.Tail, head = ring.Head;
            if (tail == head)
                continue;
            isAny = true;
            Write(ring, tail, (int)(head - tail));
            ring.Tail = head;
        }
        Lost = Math.Max(Lost, _tally.Lost);
        if (!isAny)
            return;
        // Snapshots have samples that are older than what was written before them: then all has to be sorted at once.
        if (!_options.Sampling.Overwrite)
            EndRound();
        _file!.Commit();
    }

    /// <summary>Writes what the overwritten rings hold and was not in a snapshot before.</summary>
    public void WriteSnapshot()
    {
        if (_session.SnapshotRings.Count == 0)
            return;
        Drain();
        foreach (PerfRing ring in _session.SnapshotRings)
        {
            SamplingSession.Pause(ring, true);
            // The head falls: the newest record is at it, the older ones follow, the oldest may be half overwritten.
            ulong head = ring.Head, written = _snapshotHeads.GetValueOrDefault(ring) - head;
            Write(ring, head, (int)Math.Min(written, (ulong)ring.DataSize));
            _snapshotHeads[ring] = head;
            SamplingSession.Pause(ring, false);
        }
        _file!.Commit();
    }

    /// <summary>Ends the file, and begins another that has the path.</summary>
    public void Switch()
    {
        WriteSnapshot();
        Finish();
        string name = string.Create(CultureInfo.InvariantCulture, $"{_options.Path}.{DateTime.Now:yyyyMMddHHmmssff}");
        File.Move(_options.Path, name);
        _finished[^1] = name;
        _isFinished = false;
        Begin();
        WriteExisting(isRunning: true);
    }

    /// <summary>Ends the recording: what was lost without a record of it, and the sections that tell of the whole.</summary>
    public void End()
    {
        if (_session.CountLost() is { } lost && lost > Lost)
        {
            // struct { header; u64 lost; sample_id }
            _buffer.Clear();
            _buffer.Begin((uint)PerfRecordType.LostSamples, 0).Word64((ulong)(lost - Lost)).End(ProcessRecords.TrailerSize(_first.SampleType));
            _file!.Append(_buffer.Span);
            Lost = lost;
        }
        Finish();
    }

    /// <summary>After an error: leaves a file that can be read.</summary>
    public void Abandon()
    {
        if (_file is null || _isFinished)
            return;
        _file.Abandon();
        Close();
    }

    public void Dispose()
    {
        _file?.Dispose();
        _compressor?.Dispose();
    }

    private void Finish()
    {
        _file!.Finish(LastSections());
        Close();
    }

    private void Close()
    {
        _finishedBytes += _file!.Length;
        _finished.Add(_options.Path);
        _isFinished = true;
        _file.Dispose();
        _compressor?.Dispose();
    }

    private void Write(PerfRing ring, ulong position, int length)
    {
        int whole = _tally.Add(ring, position, length);
        ring.Slice(position, whole, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second);
        if (_compressor is null)
        {
            _file!.Append(first);
            _file.Append(second);
            return;
        }
        _compressor.Compress(first, _file!.Append);
        _compressor.Compress(second, _file.Append);
    }

    // All that is older than the round before was written before it.
    private void EndRound()
    {
        _buffer.Clear();
        _file!.Append(_buffer.Begin(PerfDataRecordNames.FinishedRound, 0).End().Span);
    }

    private IEnumerable<(PerfDataFeature Feature, byte[] Content)> FirstSections()
    {
        foreach ((PerfDataFeature, byte[]) section in new MachineSections(_paths).Read())
            yield return section;
        string version = typeof(RecordingWriter).Assembly.GetName().Version?.ToString(3) ?? "0";
        yield return (PerfDataFeature.Version, MachineSections.Text($"PerfTrace {version}"));
        RecordBuffer words = new RecordBuffer().Word32((uint)_options.CommandLine.Count);
        foreach (string word in _options.CommandLine)
            words.CountedText(word);
        yield return (PerfDataFeature.CommandLine, words.ToArray());
        yield return (PerfDataFeature.EventDescription, EventSections.Description(_session.Events));
        if (EventSections.Groups(_session.Events) is { } groups)
            yield return (PerfDataFeature.GroupDescription, groups);
        if (EventSections.Tracing(_session.Events, _paths) is { } tracing)
            yield return (PerfDataFeature.TracingData, tracing);
        // The resolution of the clock, and what it and the wall clock said at one time: u32 version, u32 clock, u64 wall clock, u64 the clock.
        yield return (PerfDataFeature.ClockId, new RecordBuffer().Word64(1).ToArray());
        long now = KernelClock.MonotonicNanoseconds;
        yield return (PerfDataFeature.ClockData, new RecordBuffer().Word32(1).Word32(KernelClock.MonotonicId)
            .Word64((ulong)(now + KernelClock.WallClockOffset())).Word64((ulong)now).ToArray());
        if (_compressor is not null)
            yield return (PerfDataFeature.Compressed, Compression(1));
    }

    private IEnumerable<(PerfDataFeature Feature, byte[] Content)> LastSections()
    {
        if (_tally.FirstTime <= _tally.LastTime)
            yield return (PerfDataFeature.SampleTime, new RecordBuffer().Word64(_tally.FirstTime).Word64(_tally.LastTime).ToArray());
        if (_files.ToSection() is { Length: > 0 } buildIds)
            yield return (PerfDataFeature.BuildId, buildIds);
        if (_programs.Programs() is { } programs)
            yield return (PerfDataFeature.BpfProgramInfo, programs);
        if (_programs.Types() is { } types)
            yield return (PerfDataFeature.BpfBtf, types);
        if (_compressor is { Output: > 0 } compressor)
            yield return (PerfDataFeature.Compressed, Compression((uint)Math.Max(1, compressor.Input / compressor.Output)));
    }

    // u32 version, type (1: zstd), level, ratio, and the most bytes that one record is decompressed to.
    private static byte[] Compression(uint ratio) =>
        new RecordBuffer().Word32(1).Word32(1).Word32(ZstdCompressor.DefaultLevel).Word32(ratio).Word32(ZstdCompressor.ChunkSize).ToArray();
}
