using PerfTrace.Events;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bpf;

/// <summary>
/// Takes the records out of a BPF_MAP_TYPE_PERF_EVENT_ARRAY map (Linux 4.3): a perf ring buffer for each CPU, which programs write with
/// <c>bpf_perf_event_output</c>. Records of the CPUs are merged by their times, and the kernel counts what finds no room.
/// </summary>
/// <remarks>The events are put into the map and taken out at the end. A map has one event for each CPU: a reader that was there before gets nothing any more.</remarks>
public sealed unsafe class BpfPerfBufferReader : BpfBufferReader
{
    private const int DefaultBufferSize = 1 << 20;
    private const ulong BpfOutput = 10; // PERF_COUNT_SW_BPF_OUTPUT

    /// <summary>A record may be written a little after its time was taken, while another CPU has gone on.</summary>
    private const ulong MergeDelay = 1_000_000;

    private readonly BpfMapAccess _map;
    private readonly List<(FileDescriptor Event, RecordIndex Index)> _rings = [];
    private readonly Dictionary<int, long> _lost = [];
    private readonly Dictionary<int, long> _counted = [];
    private readonly int _size;
    private RecordIndex? _current;
    private ulong _currentLimit, _horizon, _last;
    private long _records, _bytes, _outOfOrder, _undecodable;
    private bool _isEnding;

    private BpfPerfBufferReader(BpfMap map, int size, CpuSet cpus)
    {
        _size = size;
        _map = BpfMapAccess.Open(map);
        try
        {
            foreach (int cpu in cpus)
            {
                if (cpu < map.MaximumEntries)
                    Add(cpu);
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    public override BpfBufferSummary Summary => new()
    {
        Records = _records,
        Bytes = _bytes,
        Lost = Lost.Values.Sum(),
        LostPerCpu = CpuLoss.Of(Lost),
        IsLossPossible = Lost.Count > 0,
        OutOfOrder = _outOfOrder,
        Undecodable = _undecodable + _rings.Count(static r => r.Index.IsBroken),
        Elapsed = Elapsed,
        BufferSize = _size,
    };

    // What the event itself counts (Linux 6.0) is more than the records tell: the last losses have none.
    private Dictionary<int, long> Lost => _counted.Count > 0 ? _counted : _lost;

    /// <summary>Opens an event for each CPU that is online and puts them into the map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="bufferSize">Bytes of each CPU's buffer; null: 1 MiB.</param>
    /// <exception cref="BpfBufferTypeException">The map is none.</exception>
    /// <exception cref="KernelException">Memory, descriptors or rights are missing.</exception>
    public static BpfPerfBufferReader Open(BpfMap map, long? bufferSize = null) =>
        map.Type == BpfMapType.PerfEventArray
            ? new BpfPerfBufferReader(map, PerfRing.RoundSize(bufferSize ?? DefaultBufferSize), new CpuTopology(SystemPaths.Default).Online)
            : throw new BpfBufferTypeException(map, BpfMapType.PerfEventArray);

    public override bool TryRead(out BpfBufferRecord record)
    {
        while (true)
        {
            while (TryTake(out PerfRing? ring, out RecordIndex.Entry entry))
            {
                ReadOnlySpan<byte> bytes = ring!.Record(entry.Position, entry.Size);
                if (entry.Type == PerfRecordType.Lost && bytes.Length >= 24)
                    _lost[ring.Cpu] = _lost.GetValueOrDefault(ring.Cpu) + BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]); // struct { header; u64 id, lost; sample_id }
                else if (entry.Type == PerfRecordType.Sample && TryData(bytes, out ReadOnlySpan<byte> data))
                {
                    _records++;
                    _bytes += data.Length;
                    _outOfOrder += entry.Time < _last ? 1 : 0;
                    _last = Math.Max(_last, entry.Time);
                    record = new BpfBufferRecord(data, ring.Cpu, entry.Time);
                    return true;
                }
                else
                {
                    _undecodable++;
                }
            }
            if (!Refresh())
            {
                record = default;
                return false;
            }
        }
    }

    /// <summary>What is written from now on is not waited for: the next records are the last.</summary>
    public override void Finish()
    {
        base.Finish();
        _isEnding = true;
        Span<ulong> values = stackalloc ulong[2]; // value, lost
        foreach ((FileDescriptor e, RecordIndex index) in _rings)
        {
            if (e.Read(MemoryMarshal.AsBytes(values)) == 16 && values[1] > 0)
                _counted[index.Ring.Cpu] = (long)values[1];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Release();
        base.Dispose(disposing);
    }

    // struct { header; u32 pid, tid; u64 time; u32 size; char data[size]; }; the size counts what fills the record up to a multiple of 8.
    private static bool TryData(ReadOnlySpan<byte> record, out ReadOnlySpan<byte> data)
    {
        const int SizeAt = 24, DataAt = 28;
        data = default;
        if (record.Length < DataAt || BinaryPrimitives.ReadUInt32LittleEndian(record[SizeAt..]) is var size && size > record.Length - DataAt)
            return false;
        data = record.Slice(DataAt, (int)size);
        return true;
    }

    private bool TryTake(out PerfRing? ring, out RecordIndex.Entry entry)
    {
        // As long as one ring's records are the earliest, the others need not be looked at.
        if (_current is null || _current.NextTime > _currentLimit)
            Choose();
        ring = _current?.Ring;
        entry = default;
        return _current is not null && _current.TryTake(_horizon, out entry);
    }

    private void Choose()
    {
        _current = null;
        ulong first = ulong.MaxValue, second = ulong.MaxValue;
        foreach ((_, RecordIndex index) in _rings)
        {
            ulong time = index.NextTime;
            if (time < first)
            {
                (second, first) = (first, time);
                _current = index;
            }
            else if (time < second)
            {
                second = time;
            }
        }
        _currentLimit = second;
    }

    // True: there is something to take now.
    private bool Refresh()
    {
        ulong now = (ulong)KernelClock.MonotonicNanoseconds, limit = ulong.MaxValue, earliest = ulong.MaxValue;
        foreach ((_, RecordIndex index) in _rings)
        {
            index.Release();
            index.Refresh();
            limit = Math.Min(limit, index.Limit);
            earliest = Math.Min(earliest, index.NextTime);
        }
        _current = null;
        _horizon = Math.Min(_isEnding ? ulong.MaxValue : now - MergeDelay, limit);
        return earliest <= _horizon && earliest != ulong.MaxValue;
    }

    private void Add(int cpu)
    {
        var attributes = new PerfEventAttr
        {
            Type = (uint)PerfType.Software,
            Size = PerfEventAttr.StructureSize,
            Config = BpfOutput,
            SamplePeriod = 1,
            SampleType = PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Raw,
            ReadFormat = PerfReadFormat.Lost,
            Flags = PerfEventFlags.SampleIdAll | PerfEventFlags.UseClockId | PerfEventFlags.Watermark,
            ClockId = KernelClock.MonotonicId,
            WakeupEvents = (uint)(_size / 4),
        };
        Errno errno = Call(in attributes, cpu, out FileDescriptor? e);
        if (errno == Errno.EINVAL)
        {
            attributes.ReadFormat = PerfReadFormat.None; // before Linux 6.0
            errno = Call(in attributes, cpu, out e);
        }
        if (errno == Errno.ENODEV)
            return; // the CPU has gone offline
        if (errno != Errno.None)
            throw PerfAdvice.ToException(errno, "bpf-output", SystemPaths.Default, true, countsKernel: true, PerfEventKind.Software);
        try
        {
            _rings.Add((e!, new RecordIndex(new PerfRing(e!, cpu, _size))));
        }
        catch
        {
            e!.Dispose();
            throw;
        }
        errno = _map.TryUpdate(BitConverter.GetBytes(cpu), BitConverter.GetBytes(e!.Number));
        if (errno != Errno.None)
            throw BpfMapError.Update(errno, _map, BpfUpdateCondition.Any);
        Watch(e, cpu, onChange: true);
    }

    private static Errno Call(in PerfEventAttr attributes, int cpu, out FileDescriptor? e)
    {
        fixed (PerfEventAttr* p = &attributes)
            return SystemCalls.PerfEventOpen(p, -1, cpu, FileDescriptor.None.Number, (ulong)PerfOpenFlags.CloseOnExec, out e);
    }

    private void Release()
    {
        foreach ((FileDescriptor e, RecordIndex index) in _rings)
        {
            // ENOENT: another reader has put its own there and taken it out.
            _ = _map.TryDelete(BitConverter.GetBytes(index.Ring.Cpu));
            index.Ring.Dispose();
            e.Dispose();
        }
        _rings.Clear();
        _map.Dispose();
    }
}
