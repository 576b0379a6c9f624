using System.Diagnostics.CodeAnalysis;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>Reads the samples of a perf.data file, or of what <c>perf record -o -</c> writes, in the order of their times.</summary>
public sealed class PerfSampleReader : IDisposable
{
    private readonly PerfDataReader _reader;
    private readonly RecordOrder _order;
    private readonly PerfDataEvents _events;
    private readonly SampleFactory _maker;
    private readonly Queue<PerfSample> _made = new();
    private bool _isAtEnd;
    private ulong _latest;

    private PerfSampleReader(PerfDataReader reader, SymbolStore symbols)
    {
        _reader = reader;
        _order = new RecordOrder(reader.IsBigEndian);
        _events = new PerfDataEvents(reader.Attributes);
        _maker = new SampleFactory(_events, symbols);
        Problem = reader.SectionProblem;
        ReadSections();
        reader.SeekToRecords();
    }

    /// <summary>Samples so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Records that the kernel had no room for, as the recording tells.</summary>
    public long Lost { get; private set; }

    /// <summary>Samples that came behind a later one, as the recording has no marks by which they could be put in order.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>What is wrong with the file: behind the samples that were read, or in a section that they could do without. Null when nothing is.</summary>
    public PerfDataException? Problem { get; private set; }

    /// <summary>What keeps call stacks from being complete, as a sentence: a library that is not installed. Null when nothing does.</summary>
    public string? Missing => _maker.Missing;

    /// <summary>Opens a recording.</summary>
    /// <param name="stream">The file or pipe, which is closed with the reader.</param>
    /// <param name="symbols">Names for addresses; stays open.</param>
    /// <exception cref="PerfDataException">It is no perf.data, or its header is damaged.</exception>
    public static PerfSampleReader Open(Stream stream, SymbolStore symbols)
    {
        PerfDataReader reader = PerfDataReader.Open(stream);
        try
        {
            return new PerfSampleReader(reader, symbols);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>How many bytes there are; null for a pipe.</summary>
    public long? Length => _reader.Length;

    /// <summary>How many of them have been read.</summary>
    public long Position => _reader.Position;

    /// <summary>The next sample; false at the end, or where the file can not be read on (<see cref="Problem"/>).</summary>
    /// <exception cref="NotSupportedException">The records are compressed, and libzstd is not there.</exception>
    public bool TryRead([NotNullWhen(true)] out PerfSample? sample)
    {
        while (!_made.TryDequeue(out sample))
        {
            if (_order.TryTake(out PerfDataRecord record))
                Process(record);
            else if (_isAtEnd)
                return false;
            else
                ReadOn();
        }
        Samples++;
        return true;
    }

    public void Dispose()
    {
        _order.Dispose();
        _maker.Dispose();
        _reader.Dispose();
    }

    // Where the next record is does not depend on what is in a damaged one.
    private void Process(PerfDataRecord record)
    {
        try
        {
            if (record.Type != (uint)PerfRecordType.Sample)
            {
                Lost += _maker.Note(record);
                return;
            }
            _maker.Make(record.Bytes, _made);
            if (!_made.TryPeek(out PerfSample? sample) || sample.TimestampNanoseconds is not { } time)
                return;
            if (time < _latest)
                OutOfOrder++;
            else
                _latest = time;
        }
        catch (PerfDataException e)
        {
            Problem ??= e;
        }
    }

    // Reads until records can be taken, or to the end.
    private void ReadOn()
    {
        try
        {
            while (_reader.TryNext(out PerfDataRecord record))
            {
                switch (record.Type)
                {
                    case PerfDataRecordNames.FinishedRound:
                        _order.FinishRound();
                        return;
                    case >= PerfDataRecordNames.HeaderAttribute:
                        NoteOfPerf(record);
                        break;
                    default:
                        _order.Add(record.Bytes, _events.TimeOf(record.Bytes));
                        if (_order.IsFull)
                        {
                            _order.Relieve();
                            return;
                        }
                        break;
                }
            }
        }
        catch (PerfDataException e)
        {
            Problem ??= e;
        }
        _isAtEnd = true;
        _order.Finish();
    }

    private void NoteOfPerf(PerfDataRecord record)
    {
        switch (record.Type)
        {
            case PerfDataRecordNames.TracingData when _reader.IsPipe:
                _maker.Formats.Read(_reader.ReadPayload(record.Bytes.Word32(PerfRing.HeaderSize)));
                break;
            case PerfDataRecordNames.AuxTrace:
                _reader.SkipPayload(record.Type, record.Bytes.Word64(PerfRing.HeaderSize));
                break;
            case PerfDataRecordNames.BuildId when _reader.IsPipe:
                _maker.Modules.AddBuildId(PerfDataBuildIds.ReadOne(record.Bytes));
                break;
            case PerfDataRecordNames.EventUpdate:
                _events.Update(record.Bytes);
                break;
            case PerfDataRecordNames.SimpleperfEventId:
                _events.AddIds(record.Bytes);
                break;
            case PerfDataRecordNames.HeaderFeature:
                // struct { header; u64 feature; char data[]; }
                const int HeadSize = PerfRing.HeaderSize + sizeof(ulong);
                ReadSection((PerfDataFeature)record.Bytes.Word64(PerfRing.HeaderSize), record.Bytes.From(HeadSize, record.Bytes.Length - HeadSize));
                break;
        }
    }

    // A damaged section keeps neither the others nor the records from being read.
    private void ReadSections()
    {
        foreach (PerfDataFeature feature in _reader.Sections.Keys)
        {
            if (!IsNeeded(feature))
                continue;
            try
            {
                ReadSection(feature, _reader.ReadSection(feature));
            }
            catch (PerfDataException e)
            {
                Problem ??= e;
            }
        }
    }

    private static bool IsNeeded(PerfDataFeature feature) =>
        feature is PerfDataFeature.TracingData or PerfDataFeature.BuildId or PerfDataFeature.EventDescription or PerfDataFeature.ClockData
            or PerfDataFeature.HostName or PerfDataFeature.OSRelease or PerfDataFeature.Architecture
            or PerfDataFeature.SimpleperfFile or PerfDataFeature.SimpleperfMetaInfo or PerfDataFeature.SimpleperfFile2 or PerfDataFeature.SimpleperfInitMap;

    private void ReadSection(PerfDataFeature feature, PerfDataBytes bytes)
    {
        int at = 0;
        switch (feature)
        {
            case PerfDataFeature.TracingData:
                _maker.Formats.Read(bytes);
                break;
            case PerfDataFeature.BuildId:
                foreach (PerfDataBuildId id in PerfDataBuildIds.Read(bytes))
                    _maker.Modules.AddBuildId(id);
                break;
            case PerfDataFeature.EventDescription:
                _events.AddDescriptions(bytes);
                break;
            case PerfDataFeature.ClockData:
                // u32 version, u32 clockid, u64 nanoseconds since 1970, u64 nanoseconds of the clock at the same moment.
                _maker.WallClockOffset = (long)(bytes.Word64(8) - bytes.Word64(16));
                break;
            case PerfDataFeature.HostName:
                _maker.HostName = bytes.CountedText(ref at);
                break;
            case PerfDataFeature.OSRelease:
                _maker.OSRelease = bytes.CountedText(ref at);
                break;
            case PerfDataFeature.Architecture:
                _maker.Architecture = bytes.CountedText(ref at);
                break;
            case PerfDataFeature.SimpleperfFile:
                _maker.Modules.Tell(SimpleperfSections.ReadFiles(bytes));
                break;
            case PerfDataFeature.SimpleperfFile2:
                _maker.Modules.Tell(SimpleperfSections.ReadMessages(bytes));
                break;
            case PerfDataFeature.SimpleperfMetaInfo:
                _events.AddNames(SimpleperfSections.EventNames(SimpleperfSections.ReadMetaInfo(bytes)));
                break;
            case PerfDataFeature.SimpleperfInitMap:
                // Records of what was mapped before.
                for (int size; at < bytes.Length; at += size)
                {
                    size = Math.Max((int)bytes.Word16(at + 6), PerfRing.HeaderSize);
                    _maker.Note(new PerfDataRecord(bytes.From(at, size)));
                }
                break;
        }
    }
}
