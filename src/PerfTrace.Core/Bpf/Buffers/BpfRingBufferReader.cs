using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// Takes the records out of a BPF_MAP_TYPE_RINGBUF map (Linux 5.8), which all CPUs share. Records come in the order in which the programs reserved them.
/// </summary>
/// <remarks>
/// When the buffer is full the kernel refuses a program's next record and counts that nowhere: only the program hears of it. So losses are counted where the program
/// counts them itself, in a map that is given here. Without one there still is what can be known for sure: how full the buffer was at most, and so whether a
/// record can have been refused at all.
/// </remarks>
public sealed class BpfRingBufferReader : BpfBufferReader
{
    private readonly FileDescriptor _map;
    private readonly BpfRingMemory _memory;
    private readonly BpfLossCounter? _lost;
    private readonly string _name;
    private long? _lostAtEnd;

    private BpfRingBufferReader(BpfMap map, BpfLossCounter? lost)
    {
        _lost = lost;
        _name = $"map {map.Id}";
        _map = map.Open();
        try
        {
            _memory = new BpfRingMemory(_map, map.MaximumEntries);
            Watch(_map, 0);
        }
        catch (Exception e)
        {
            _memory?.Dispose();
            _map.Dispose();
            if (e is KernelException { Errno: Errno.EPERM or Errno.EACCES } refusal)
                throw KernelException.Create(refusal.Errno, "mmap", _name, "A reader writes up to where it has read: it needs a map that is not frozen, and not opened for reading alone.");
            throw;
        }
    }

    public override BpfBufferSummary Summary => new()
    {
        Records = _memory.Records,
        Bytes = _memory.Bytes,
        Discarded = _memory.Discarded,
        Lost = _lostAtEnd ?? _lost?.Count ?? (_memory.WasFull ? null : 0),
        IsLossPossible = _memory.WasFull,
        Elapsed = Elapsed,
        BufferSize = _memory.Size,
        PeakBytes = _memory.PeakBytes,
    };

    /// <summary>Opens a ring buffer. What is in it already comes first.</summary>
    /// <param name="map">The map.</param>
    /// <param name="lostMap">The map in which the program counts what found no room; null: it does not count.</param>
    /// <param name="lostKey">The counter's key in it.</param>
    /// <exception cref="BpfBufferTypeException">The map is none.</exception>
    /// <exception cref="BpfLossCounterException">The other map has no counter there.</exception>
    /// <exception cref="KernelException">It is gone, or may not be read.</exception>
    public static BpfRingBufferReader Open(BpfMap map, BpfMap? lostMap = null, uint lostKey = 0)
    {
        if (map.Type != BpfMapType.RingBuffer)
            throw new BpfBufferTypeException(map, BpfMapType.RingBuffer);
        BpfLossCounter? lost = lostMap is null ? null : new BpfLossCounter(lostMap, lostKey);
        try
        {
            return new BpfRingBufferReader(map, lost);
        }
        catch
        {
            lost?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="BpfBufferBusyException">Another reader takes records too.</exception>
    public override bool TryRead(out BpfBufferRecord record)
    {
        if (_memory.TryRead(out ReadOnlySpan<byte> data))
        {
            record = new BpfBufferRecord(data, -1, 0);
            return true;
        }
        if (_memory.IsTakenByAnother)
            throw new BpfBufferBusyException(_name);
        record = default;
        return false;
    }

    public override void Finish()
    {
        base.Finish();
        if (!_memory.IsTakenByAnother)
            _memory.Publish();
        _lostAtEnd ??= _lost?.Count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_memory.IsTakenByAnother)
                _memory.Publish();
            _memory.Dispose();
            _map.Dispose();
            _lost?.Dispose();
        }
        base.Dispose(disposing);
    }
}
