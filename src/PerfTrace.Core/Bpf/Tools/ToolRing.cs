using System.Runtime.CompilerServices;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>
/// Reads a map of the type ring buffer in place (kernel/bpf/ringbuf.c): a page with the consumer's position, which is ours to write, one with the producer's, and
/// the records, mapped twice so that one that goes over the end lies in one piece.
/// </summary>
internal sealed unsafe class ToolRing : IDisposable
{
    // BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT in a record's length; BPF_RINGBUF_HDR_SZ.
    private const uint Busy = 1U << 31, Discarded = 1U << 30;
    private const int HeaderSize = 8;

    private readonly MemoryMap _consumer, _producer;
    private readonly byte* _data;
    private readonly ulong _mask;
    private ulong _position, _next;

    public ToolRing(BpfMap map)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        Descriptor = map.Open();
        MemoryMap? consumer = null;
        try
        {
            consumer = MemoryMap.Shared(Descriptor, page, writable: true);
            _producer = MemoryMap.Shared(Descriptor, page + (2 * (nuint)map.MaximumEntries), writable: false, (long)page);
        }
        catch
        {
            consumer?.Dispose();
            Descriptor.Dispose();
            throw;
        }
        _consumer = consumer;
        _data = _producer.Address + page;
        _mask = map.MaximumEntries - 1;
        _position = _next = *(ulong*)_consumer.Address;
    }

    /// <summary>Readable when there is a record.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>The next record, which stays in the ring until this is called again; false: there is none now.</summary>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        record = default;
        while (true)
        {
            if (_next != _position)
                Volatile.Write(ref Unsafe.AsRef<ulong>(_consumer.Address), _position = _next);
            if (_position >= Volatile.Read(ref Unsafe.AsRef<ulong>(_producer.Address)))
                return false;
            byte* header = _data + (_position & _mask);
            uint length = Volatile.Read(ref Unsafe.AsRef<uint>(header));
            if ((length & Busy) != 0)
                return false; // it is still being written
            uint size = length & ~Discarded;
            _next = _position + ((size + HeaderSize + 7) & ~7UL);
            if ((length & Discarded) != 0)
                continue;
            record = new ReadOnlySpan<byte>(header + HeaderSize, (int)size);
            return true;
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _producer.Dispose();
        Descriptor.Dispose();
    }
}
