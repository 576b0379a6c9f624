namespace PerfTrace.Perf;

/// <summary>Finds out what a perf.data file is and has, reading each of its records once.</summary>
public sealed class PerfDataInspector
{
    private readonly PerfDataReader _reader;
    private readonly Dictionary<uint, (long Count, long Bytes)> _records = [];
    private readonly PerfDataEvents _events;
    private readonly List<long> _samples = [];
    private readonly List<PerfDataBuildId> _buildIds = [];
    private readonly HashSet<PerfDataFeature> _features = [];
    private PerfDataInfo _info;
    private ulong _first = ulong.MaxValue, _last;
    private long _lost;

    private PerfDataInspector(PerfDataReader reader, string path)
    {
        _reader = reader;
        _events = new PerfDataEvents(reader.Attributes);
        _info = new PerfDataInfo { Path = path, Length = reader.Length, IsPipe = reader.IsPipe, IsBigEndian = reader.IsBigEndian };
    }

    /// <summary>Reads a file or pipe to its end.</summary>
    /// <param name="stream">The file, which is closed at the end.</param>
    /// <param name="path">What it is called.</param>
    /// <param name="problem">Gets what is wrong with the file behind the part that the result tells of; null when all could be read.</param>
    /// <param name="stop">Ends the reading early.</param>
    /// <exception cref="PerfDataException">It is no perf.data, or its header is damaged.</exception>
    /// <exception cref="NotSupportedException">Its records are compressed, and libzstd is not there.</exception>
    public static PerfDataInfo Read(Stream stream, string path, out PerfDataException? problem, CancellationToken stop = default)
    {
        using PerfDataReader reader = PerfDataReader.Open(stream);
        var inspector = new PerfDataInspector(reader, path);
        problem = reader.SectionProblem ?? inspector.ReadSections();
        try
        {
            reader.SeekToRecords();
            while (!stop.IsCancellationRequested && reader.TryNext(out PerfDataRecord record))
                inspector.Add(record);
        }
        catch (PerfDataException e)
        {
            problem = e;
        }
        return inspector.Result(isComplete: problem is null && !stop.IsCancellationRequested);
    }

    private PerfDataInfo Result(bool isComplete)
    {
        CountEvents();
        if (_reader.Compressed is { Count: > 0 } compressed)
            _records[compressed.Type] = (compressed.Count, compressed.Bytes);
        bool hasTimes = _first <= _last;
        return _info with
        {
            IsComplete = isComplete,
            Events = (PerfDataEvent[])[.. _reader.Attributes.Select((a, i) => a.Describe(_events.NameOf(i), _samples[i]))],
            Samples = _records.GetValueOrDefault((uint)PerfRecordType.Sample).Count,
            Lost = _lost,
            FirstSample = hasTimes ? TimeSpan.FromTicks((long)(_first / 100)) : null,
            LastSample = hasTimes ? TimeSpan.FromTicks((long)(_last / 100)) : null,
            Features = (PerfDataFeature[])[.. _features.Order()],
            BuildIds = _buildIds,
            Records = (PerfDataRecordCount[])[.. _records.OrderByDescending(static r => r.Value.Count).ThenBy(static r => r.Key)
                .Select(static r => new PerfDataRecordCount(PerfDataRecordNames.Of(r.Key), r.Value.Count, r.Value.Bytes))],
        };
    }

    // A damaged section does not keep the others, nor the records.
    private PerfDataException? ReadSections()
    {
        PerfDataException? problem = null;
        foreach (PerfDataFeature feature in _reader.Sections.Keys)
        {
            _features.Add(feature);
            if (!IsTold(feature))
            {
                problem ??= _reader.ProblemOf(feature);
                continue;
            }
            try
            {
                AddFeature(feature, _reader.ReadSection(feature));
            }
            catch (PerfDataException e)
            {
                problem ??= e;
            }
        }
        return problem;
    }

    private static bool IsTold(PerfDataFeature feature) =>
        feature is >= PerfDataFeature.BuildId and <= PerfDataFeature.EventDescription or PerfDataFeature.Compressed or PerfDataFeature.SimpleperfMetaInfo;

    private void AddFeature(PerfDataFeature feature, PerfDataBytes bytes)
    {
        int at = 0;
        _info = feature switch
        {
            PerfDataFeature.HostName => _info with { HostName = bytes.CountedText(ref at) },
            PerfDataFeature.OSRelease => _info with { OSRelease = bytes.CountedText(ref at) },
            PerfDataFeature.Version => _info with { PerfVersion = bytes.CountedText(ref at) },
            PerfDataFeature.Architecture => _info with { Architecture = bytes.CountedText(ref at) },
            PerfDataFeature.CpuDescription => _info with { CpuDescription = bytes.CountedText(ref at) },
            PerfDataFeature.CpuId => _info with { CpuId = bytes.CountedText(ref at) },
            PerfDataFeature.CpuCount => _info with { CpusAvailable = (int)Math.Min(bytes.Word32(0), int.MaxValue), CpusOnline = (int)Math.Min(bytes.Word32(4), int.MaxValue) },
            PerfDataFeature.TotalMemory => _info with { TotalMemory = (long)bytes.Word64(0) * 1024 },
            PerfDataFeature.CommandLine => _info with { CommandLine = Texts(bytes) },
            PerfDataFeature.Compressed => _info with { Compression = bytes.Word32(4) == 1 ? "zstd" : $"type {bytes.Word32(4)}" },
            _ => _info,
        };
        if (feature == PerfDataFeature.BuildId)
            _buildIds.AddRange(PerfDataBuildIds.Read(bytes));
        else if (feature == PerfDataFeature.EventDescription)
            _events.AddDescriptions(bytes);
        else if (feature == PerfDataFeature.SimpleperfMetaInfo)
            AddMetaInfo(SimpleperfSections.ReadMetaInfo(bytes));
    }

    private void AddMetaInfo(Dictionary<string, string> told)
    {
        _events.AddNames(SimpleperfSections.EventNames(told));
        if (told.TryGetValue("simpleperf_version", out string? version))
            _info = _info with { PerfVersion = _info.PerfVersion ?? $"simpleperf {version}" };
    }

    private static List<string> Texts(PerfDataBytes bytes)
    {
        var texts = new List<string>();
        int at = sizeof(uint);
        for (int left = bytes.Count(0, sizeof(uint)); left > 0; left--)
            texts.Add(bytes.CountedText(ref at));
        return texts;
    }

    private void Add(PerfDataRecord record)
    {
        (long count, long bytes) = _records.GetValueOrDefault(record.Type);
        _records[record.Type] = (count + 1, bytes + record.Bytes.Length);
        switch (record.Type)
        {
            case (uint)PerfRecordType.Sample:
                AddSample(record);
                break;
            case (uint)PerfRecordType.Lost:
                // struct { header; u64 id; u64 lost; }
                _lost += (long)record.Bytes.Word64(16);
                break;
            case (uint)PerfRecordType.LostSamples:
                _lost += (long)record.Bytes.Word64(8);
                break;
            case PerfDataRecordNames.TracingData when _reader.IsPipe:
                _features.Add(PerfDataFeature.TracingData);
                _reader.SkipPayload(record.Type, record.Bytes.Word32(8));
                break;
            case PerfDataRecordNames.AuxTrace:
                _reader.SkipPayload(record.Type, record.Bytes.Word64(8));
                break;
            case PerfDataRecordNames.BuildId when _reader.IsPipe:
                _features.Add(PerfDataFeature.BuildId);
                _buildIds.Add(PerfDataBuildIds.ReadOne(record.Bytes));
                break;
            case PerfDataRecordNames.HeaderFeature:
                AddPipeFeature(record.Bytes);
                break;
            case PerfDataRecordNames.EventUpdate:
                _events.Update(record.Bytes);
                break;
            case PerfDataRecordNames.SimpleperfEventId:
                _events.AddIds(record.Bytes);
                break;
        }
    }

    private void AddSample(PerfDataRecord record)
    {
        int index = _events.IndexOf(record.Bytes);
        CountEvents();
        _samples[index]++;
        if (_events.Layout(index).Time is { } timeAt)
        {
            ulong time = record.Bytes.Word64(timeAt);
            _first = Math.Min(_first, time);
            _last = Math.Max(_last, time);
        }
    }

    // struct { header; u64 feature; char data[]; }
    private void AddPipeFeature(PerfDataBytes record)
    {
        var feature = (PerfDataFeature)record.Word64(PerfRing.HeaderSize);
        _features.Add(feature);
        const int HeadSize = PerfRing.HeaderSize + sizeof(ulong);
        if (IsTold(feature))
            AddFeature(feature, record.From(HeadSize, record.Length - HeadSize));
    }

    private void CountEvents()
    {
        while (_samples.Count < _events.Count)
            _samples.Add(0);
    }
}
