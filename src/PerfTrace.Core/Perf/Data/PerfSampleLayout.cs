using System.Numerics;

namespace PerfTrace.Perf;

/// <summary>
/// Where the records of an event have what: in samples in the order of perf_event_sample_format, but for the identifier, which comes first
/// (perf_output_sample in kernel/events/core.c); in the kernel's other records, with sample_id_all, at the end (perf_event__output_id_sample).
/// </summary>
internal sealed class PerfSampleLayout
{
    private const PerfSampleFormat Head = PerfSampleFormat.Identifier | PerfSampleFormat.Ip | PerfSampleFormat.Tid;
    private const PerfSampleFormat Trailer =
        PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Id | PerfSampleFormat.StreamId | PerfSampleFormat.Cpu | PerfSampleFormat.Identifier;

    // PERF_SAMPLE_BRANCH_HW_INDEX and PERF_SAMPLE_BRANCH_COUNTERS of perf_branch_sample_type.
    private const ulong BranchHardwareIndex = 1 << 17, BranchCounters = 1 << 19;
    private const int BranchEntrySize = 24;

    private readonly PerfDataAttribute _attribute;
    private readonly PerfSampleFormat _format;

    public PerfSampleLayout(PerfDataAttribute attribute)
    {
        _attribute = attribute;
        _format = attribute.SampleType;
        Time = TimeIn(_format);
        Id = Has(PerfSampleFormat.Identifier) ? PerfRing.HeaderSize
            : Has(PerfSampleFormat.Id) ? PerfRing.HeaderSize + Words(PerfSampleFormat.Ip | PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Address) : null;
        TimeFromEnd = Has(PerfSampleFormat.Time) && (attribute.Flags & PerfEventFlags.SampleIdAll) != 0 ? Words(Trailer & ~PerfSampleFormat.Tid) : null;
    }

    /// <summary>The offset of the time in a sample; null when it has none.</summary>
    public int? Time { get; }

    /// <summary>The offset of the event's number in a sample; null when it has none.</summary>
    public int? Id { get; }

    /// <summary>The bytes from the time to the end of a record that is no sample; null when it has none.</summary>
    public int? TimeFromEnd { get; }

    /// <summary>The bytes behind the contents of a record that is no sample.</summary>
    public int TrailerSize => (_attribute.Flags & PerfEventFlags.SampleIdAll) != 0 ? Words(Trailer) : 0;

    /// <summary>The offset of the time in samples of a format; null when they have none.</summary>
    public static int? TimeIn(PerfSampleFormat format) =>
        (format & PerfSampleFormat.Time) != 0 ? PerfRing.HeaderSize + (sizeof(ulong) * BitOperations.PopCount((ulong)(format & Head))) : null;

    /// <summary>Takes a sample's record apart.</summary>
    /// <exception cref="PerfDataException">It is shorter than what it must have.</exception>
    public void Parse(PerfDataBytes record, ref PerfSampleRecord sample)
    {
        PerfSampleFormat format = _format;
        int at = PerfRing.HeaderSize;
        if ((format & PerfSampleFormat.Identifier) != 0)
            at += sizeof(ulong);
        if ((format & PerfSampleFormat.Ip) != 0)
            sample.Ip = Take(record, ref at);
        if ((format & PerfSampleFormat.Tid) != 0)
        {
            sample.ProcessId = (int)record.Word32(at);
            sample.ThreadId = (int)record.Word32(at + sizeof(uint));
            at += sizeof(ulong);
        }
        if ((format & PerfSampleFormat.Time) != 0)
            sample.Time = Take(record, ref at);
        if ((format & PerfSampleFormat.Address) != 0)
            sample.Address = Take(record, ref at);
        if ((format & PerfSampleFormat.Id) != 0)
            at += sizeof(ulong);
        if ((format & PerfSampleFormat.StreamId) != 0)
            at += sizeof(ulong);
        if ((format & PerfSampleFormat.Cpu) != 0)
        {
            sample.Cpu = (int)record.Word32(at);
            at += sizeof(ulong);
        }
        sample.Period = (format & PerfSampleFormat.Period) != 0 ? Take(record, ref at) : _attribute.IsFrequency ? 1 : _attribute.Rate;
        if ((format & PerfSampleFormat.Read) != 0)
        {
            sample.Counts = record.From(at, CountsSize(record, at));
            at += sample.Counts.Length;
        }
        if ((format & PerfSampleFormat.CallChain) != 0)
            sample.CallChain = Array(record, ref at, sizeof(ulong));
        if ((format & PerfSampleFormat.Raw) != 0)
        {
            int size = record.Count(at, 1);
            sample.Raw = record.From(at + sizeof(uint), size);
            // The size counts what fills up to whole words.
            at += sizeof(uint) + size;
        }
        if (format >= PerfSampleFormat.BranchStack)
            ParseRest(record, at, ref sample);
    }

    private void ParseRest(PerfDataBytes record, int at, ref PerfSampleRecord sample)
    {
        PerfSampleFormat format = _format;
        if ((format & PerfSampleFormat.BranchStack) != 0)
        {
            int count = Count(record, at, BranchEntrySize);
            at += sizeof(ulong) + ((_attribute.BranchSampleType & BranchHardwareIndex) != 0 ? sizeof(ulong) : 0);
            sample.Branches = record.From(at, count * BranchEntrySize);
            at += count * (BranchEntrySize + ((_attribute.BranchSampleType & BranchCounters) != 0 ? sizeof(ulong) : 0));
        }
        if ((format & PerfSampleFormat.UserRegisters) != 0)
        {
            sample.UserRegisterAbi = Take(record, ref at);
            if (sample.UserRegisterAbi != 0)
                sample.UserRegisters = Registers(record, ref at, _attribute.UserRegisters);
        }
        if ((format & PerfSampleFormat.UserStack) != 0 && Array(record, ref at, 1) is { Length: > 0 } stack)
        {
            // What of the room the kernel could fill: struct { u64 size; char data[size]; u64 dyn_size; }
            ulong filled = Take(record, ref at);
            sample.UserStack = stack.From(0, (int)Math.Min(filled, (ulong)stack.Length));
        }
        if ((format & (PerfSampleFormat.Weight | PerfSampleFormat.WeightStruct)) != 0)
            sample.Weight = Take(record, ref at);
        if ((format & PerfSampleFormat.DataSource) != 0)
            sample.DataSource = Take(record, ref at);
        if ((format & PerfSampleFormat.Transaction) != 0)
            at += sizeof(ulong);
        if ((format & PerfSampleFormat.InterruptRegisters) != 0 && Take(record, ref at) != 0)
            Registers(record, ref at, _attribute.InterruptRegisters);
        if ((format & PerfSampleFormat.PhysicalAddress) != 0)
            sample.PhysicalAddress = Take(record, ref at);
    }

    /// <summary>A sampled event's counts: how many there are, and each with the number of its counter; the number is 0 where it is not told.</summary>
    public (ulong Id, ulong Value) CountOf(PerfDataBytes counts, int index)
    {
        bool isGroup = (_attribute.ReadFormat & PerfReadFormat.Group) != 0;
        int at = (isGroup ? sizeof(ulong) + TimesSize : 0) + (index * EachSize);
        int idAt = at + sizeof(ulong) + (isGroup ? 0 : TimesSize);
        return ((_attribute.ReadFormat & PerfReadFormat.Id) != 0 ? counts.Word64(idAt) : 0, counts.Word64(at));
    }

    /// <summary>How many counts a sample has: one, or those of its group.</summary>
    public int CountsIn(PerfDataBytes counts) =>
        counts.Length == 0 ? 0 : (_attribute.ReadFormat & PerfReadFormat.Group) == 0 ? 1 : Count(counts, 0, EachSize);

    private int EachSize => sizeof(ulong) * (1 + BitOperations.PopCount((ulong)(_attribute.ReadFormat & (PerfReadFormat.Id | PerfReadFormat.Lost))));

    private int TimesSize => sizeof(ulong) * BitOperations.PopCount((ulong)(_attribute.ReadFormat & (PerfReadFormat.TotalTimeEnabled | PerfReadFormat.TotalTimeRunning)));

    // struct read_format: { u64 value; [enabled; running; id; lost;] } or, for a group, { u64 nr; [enabled; running;] { value; [id; lost;] } values[nr]; }
    private int CountsSize(PerfDataBytes record, int at) => (_attribute.ReadFormat & PerfReadFormat.Group) == 0
        ? EachSize + TimesSize
        : sizeof(ulong) + TimesSize + (Count(record, at, EachSize) * EachSize);

    private static PerfDataBytes Registers(PerfDataBytes record, scoped ref int at, ulong mask)
    {
        int size = sizeof(ulong) * BitOperations.PopCount(mask);
        PerfDataBytes registers = record.From(at, size);
        at += size;
        return registers;
    }

    private static ulong Take(PerfDataBytes record, scoped ref int at)
    {
        ulong word = record.Word64(at);
        at += sizeof(ulong);
        return word;
    }

    // struct { u64 nr; element[nr]; }
    private static PerfDataBytes Array(PerfDataBytes record, scoped ref int at, int each)
    {
        int size = Count(record, at, each) * each;
        PerfDataBytes array = record.From(at + sizeof(ulong), size);
        at += sizeof(ulong) + size;
        return array;
    }

    private static int Count(PerfDataBytes record, int at, int each)
    {
        ulong count = record.Word64(at);
        return count <= (ulong)(record.Length / each) ? (int)count : throw new PerfDataException(record.Offset + at, $"A count of {count} is more than a record of {record.Length} bytes can hold.");
    }

    private bool Has(PerfSampleFormat field) => (_format & field) != 0;

    private int Words(PerfSampleFormat fields) => sizeof(ulong) * BitOperations.PopCount((ulong)(_format & fields));
}
