namespace PerfTrace.Perf;

/// <summary>The events of a perf.data file: which one a record is of, how to read it, and what it is called.</summary>
internal sealed class PerfDataEvents(IReadOnlyList<PerfDataAttribute> attributes)
{
    private readonly Dictionary<ulong, int> _eventOfId = [];
    private readonly List<string?> _names = [];
    private readonly List<PerfSampleLayout> _layouts = [];

    /// <summary>How many are known by now: all of a file at once, those of a pipe one after the other.</summary>
    public int Count
    {
        get
        {
            for (int known = _layouts.Count; known < attributes.Count; known++)
            {
                foreach (ulong id in attributes[known].Ids)
                    _eventOfId[id] = known;
                _layouts.Add(new PerfSampleLayout(attributes[known]));
                _names.Add(null);
            }
            return _layouts.Count;
        }
    }

    public PerfDataAttribute Attribute(int index) => attributes[index];

    public PerfSampleLayout Layout(int index) => _layouts[index];

    /// <summary>The name that the recorder gave it; null when it told none.</summary>
    public string? NameOf(int index) => _names[index];

    /// <summary>Names an event.</summary>
    public void Name(int index, string name)
    {
        if (index < Count)
            _names[index] = name;
    }

    /// <summary>The event of a sample. perf demands that the numbers of all lie in the same place.</summary>
    public int IndexOf(PerfDataBytes sample)
    {
        int count = Count;
        if (count == 0)
            throw new PerfDataException(sample.Offset, "There is a sample before any event is told.");
        return count > 1 && _layouts[0].Id is { } at && _eventOfId.TryGetValue(sample.Word64(at), out int found) ? found : 0;
    }

    /// <summary>The time of a record of the kernel; 0 when it has none, as those that a recorder makes of what was there before it began: they are before all.</summary>
    public ulong TimeOf(PerfDataBytes record)
    {
        if (Count == 0)
            return 0;
        if (record.Word32(0) == (uint)PerfRecordType.Sample)
            return _layouts[IndexOf(record)].Time is { } at ? record.Word64(at) : 0;
        ulong time = _layouts[0].TimeFromEnd is { } back && record.Length >= back + PerfRing.HeaderSize ? record.Word64(record.Length - back) : 0;
        return time == ulong.MaxValue ? 0 : time;
    }

    /// <summary>The event of a counter's number; null when none has it.</summary>
    public int? OfId(ulong id) => _eventOfId.TryGetValue(id, out int index) ? index : null;

    /// <summary>HEADER_EVENT_DESC: u32 count, u32 attribute size; each: the attribute, u32 number of ids, the name, the ids. In the order of the attributes.</summary>
    public void AddDescriptions(PerfDataBytes bytes)
    {
        int count = bytes.Count(0, PerfDataAttribute.SmallestSize), attributeSize = bytes.Count(4, 1), at = 8;
        for (int i = 0; i < count; i++)
        {
            at += attributeSize;
            int ids = bytes.Count(at, sizeof(ulong));
            at += sizeof(uint);
            string name = bytes.CountedText(ref at);
            at += ids * sizeof(ulong);
            if (i < Count)
                _names[i] = name;
        }
    }

    /// <summary>Names events by what they are, where nothing else told a name.</summary>
    public void AddNames(IEnumerable<(string Name, uint Type, ulong Config)> names)
    {
        foreach ((string name, uint type, ulong config) in names)
        {
            for (int i = 0; i < Count; i++)
            {
                if (_names[i] is null && attributes[i].Type == type && attributes[i].Config == config)
                {
                    _names[i] = name;
                    break;
                }
            }
        }
    }

    /// <summary>simpleperf's record of counters that it opened later: struct { header; u64 count; struct { u64 attribute; u64 id; } pairs[]; }.</summary>
    public void AddIds(PerfDataBytes record)
    {
        const int PairsOffset = 16, PairSize = 16;
        ulong count = Math.Min(record.Word64(8), (ulong)record.Length / PairSize);
        for (int at = PairsOffset; count > 0; count--, at += PairSize)
        {
            if (record.Word64(at) is var index && index < (ulong)Count)
                _eventOfId[record.Word64(at + 8)] = (int)index;
        }
    }

    /// <summary>PERF_RECORD_EVENT_UPDATE: struct { header; u64 type; u64 id; char data[]; }.</summary>
    public void Update(PerfDataBytes record)
    {
        const ulong NameUpdate = 2;
        if (Count > 0 && record.Word64(8) == NameUpdate && _eventOfId.TryGetValue(record.Word64(16), out int index))
            _names[index] = record.Text(24, record.Length - 24);
    }
}
