using System.Runtime.CompilerServices;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>
/// The memory of a BPF_MAP_TYPE_RINGBUF map (Linux 5.8; kernel/bpf/ringbuf.c): a page with the consumer's position, which user space writes, a page with the
/// producers' position, and the data, mapped twice so that no record wraps around. Before each record stands
/// <c>struct bpf_ringbuf_hdr { u32 len; u32 pg_off; }</c>, whose length has two bits of its own.
/// </summary>
internal sealed unsafe class BpfRingMemory : IDisposable
{
    /// <summary>BPF_RINGBUF_BUSY_BIT: the program still writes. BPF_RINGBUF_DISCARD_BIT: it has changed its mind.</summary>
    private const uint Busy = 1U << 31, Discard = 1U << 30;

    private const uint HeaderSize = 8;

    private readonly MemoryMap _consumerPage;
    private readonly MemoryMap _rest;
    private readonly ulong* _consumer;
    private readonly ulong* _producer;
    private readonly byte* _data;
    private readonly ulong _mask;
    private readonly ulong _batch;
    private ulong _position, _published, _end;
    private uint _largest;

    /// <param name="map">The map's descriptor, which stays the caller's.</param>
    /// <param name="size">Bytes of data: a power of two of pages.</param>
    /// <exception cref="KernelException">EPERM: the map may only be read, or is frozen.</exception>
    public BpfRingMemory(FileDescriptor map, uint size)
    {
        int page = Environment.SystemPageSize;
        Size = size;
        _mask = (ulong)size - 1;
        // The kernel may use what was read as soon as it hears of it; to tell it of each record would make the two CPUs fight for a cache line.
        _batch = Math.Max(size / 16, 1);
        _consumerPage = MemoryMap.Shared(map, (nuint)page, writable: true);
        try
        {
            _rest = MemoryMap.Shared(map, (nuint)page + (2 * (nuint)size), writable: false, offset: page);
        }
        catch
        {
            _consumerPage.Dispose();
            throw;
        }
        _consumer = (ulong*)_consumerPage.Address;
        _producer = (ulong*)_rest.Address;
        _data = _rest.Address + page;
        _position = _published = _end = Volatile.Read(ref *_consumer);
        PeakBytes = (long)Math.Min(Volatile.Read(ref *_producer) - _position, size);
    }

    /// <summary>Bytes of data.</summary>
    public uint Size { get; }

    public long Records { get; private set; }

    public long Bytes { get; private set; }

    public long Discarded { get; private set; }

    /// <summary>The most bytes that were in use at a time, or a little more.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>A record of the largest size that came would not have found room at the peak.</summary>
    public bool WasFull => PeakBytes + Rounded(Math.Max(_largest, 1)) > (long)_mask;

    /// <summary>The place up to which it was read is not where this reader left it: another reads too.</summary>
    public bool IsTakenByAnother { get; private set; }

    /// <summary>The next record, in place. False: there is none that is complete; what was read is given back then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        while (_position != _end || Refresh())
        {
            byte* header = _data + (_position & _mask);
            // Pairs with the exchange in bpf_ringbuf_commit(): with the bit gone, the data is there.
            uint length = Volatile.Read(ref *(uint*)header);
            if ((length & Busy) != 0)
                break;
            uint size = length & ~Discard;
            if (_position - _published >= _batch)
                Publish();
            _position += (ulong)Rounded(size);
            if ((length & Discard) != 0)
            {
                Discarded++;
                continue;
            }
            Records++;
            Bytes += size;
            if (size > _largest)
                _largest = size;
            record = new ReadOnlySpan<byte>(header + HeaderSize, (int)size);
            return true;
        }
        Publish();
        record = default;
        return false;
    }

    /// <summary>Gives the kernel all that was read, the last record too.</summary>
    public void Publish()
    {
        if (_position == _published)
            return;
        if (Volatile.Read(ref *_consumer) != _published)
        {
            IsTakenByAnother = true;
            return;
        }
        // Pairs with the acquire of the position in __bpf_ringbuf_reserve(): what was read of the records comes before.
        Volatile.Write(ref *_consumer, _position);
        Interlocked.MemoryBarrier();
        // While nothing is given back the use only grows: now, it is at least what it has been since the last time.
        PeakBytes = Math.Max(PeakBytes, (long)Math.Min(Volatile.Read(ref *_producer) - _published, Size));
        _published = _position;
    }

    public void Dispose()
    {
        _rest.Dispose();
        _consumerPage.Dispose();
    }

    // struct bpf_ringbuf_hdr and the data, to a multiple of 8.
    private static long Rounded(uint size) => (size + HeaderSize + 7) & ~7L;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Refresh()
    {
        Publish();
        _end = Volatile.Read(ref *_producer);
        PeakBytes = Math.Max(PeakBytes, (long)Math.Min(_end - _published, Size));
        return _position != _end && !IsTakenByAnother;
    }
}
