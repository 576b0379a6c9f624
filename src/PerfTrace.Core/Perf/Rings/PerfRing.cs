using System.Numerics;
using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>
/// The ring buffer of a perf event: a control page (struct perf_event_mmap_page of <c>include/uapi/linux/perf_event.h</c>) and a
/// power of two of data pages. The kernel writes at the head, which only grows; the reader moves the tail.
/// </summary>
internal sealed unsafe class PerfRing : IDisposable
{
    /// <summary>struct perf_event_header: type, misc, size. Records lie at multiples of it, so a header never wraps around.</summary>
    public const int HeaderSize = 8;

    // Offsets in struct perf_event_mmap_page, whose first part is padded to 1 KiB.
    internal const int DataHeadOffset = 1024, DataTailOffset = 1032;

    /// <summary>The longest record: its size is a 16-bit number.</summary>
    private const int LongestRecord = ushort.MaxValue;

    private readonly MemoryMap _map;
    private readonly byte* _control;
    private readonly byte* _data;
    private readonly ulong _mask;
    private byte[]? _scratch;

    /// <param name="owner">The event whose ring it is; other events of the CPU are directed to it.</param>
    /// <param name="cpu">The CPU of its records.</param>
    /// <param name="dataSize">Bytes of data: pages times a power of two.</param>
    /// <param name="overwrite">The kernel overwrites what is oldest, and the reader moves nothing (attr.write_backward).</param>
    /// <exception cref="KernelException">EPERM beyond kernel.perf_event_mlock_kb; ENOMEM.</exception>
    public PerfRing(FileDescriptor owner, int cpu, int dataSize, bool overwrite = false)
    {
        Owner = owner;
        Cpu = cpu;
        DataSize = dataSize;
        _mask = (ulong)dataSize - 1;
        // A mapping that can not be written is how the kernel knows that it may overwrite (perf_event_open(2), MMAP layout).
        _map = MemoryMap.Shared(owner, (nuint)(dataSize + Environment.SystemPageSize), writable: !overwrite);
        _control = _map.Address;
        _data = _map.Address + Environment.SystemPageSize;
    }

    public FileDescriptor Owner { get; }

    public int Cpu { get; }

    public int DataSize { get; }

    /// <summary>Up to where the kernel has written.</summary>
    public ulong Head => Volatile.Read(ref *(ulong*)(_control + DataHeadOffset));

    /// <summary>Up to where the reader is done; the kernel may write over what lies before.</summary>
    public ulong Tail
    {
        get => *(ulong*)(_control + DataTailOffset);
        set => Volatile.Write(ref *(ulong*)(_control + DataTailOffset), value);
    }

    /// <summary>The data size that fits a wish: a power of two of pages.</summary>
    public static int RoundSize(long bytes)
    {
        const long Largest = 1 << 30;
        return (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bytes, Environment.SystemPageSize, Largest));
    }

    /// <summary>A number at a position; eight bytes at a multiple of eight never wrap around.</summary>
    public ulong Word(ulong position) => *(ulong*)(_data + (position & _mask));

    /// <summary>The type and size of the record at a position.</summary>
    public (PerfRecordType Type, int Size) Header(ulong position)
    {
        ulong header = Word(position);
        return ((PerfRecordType)(uint)header, (int)(header >> 48));
    }

    /// <summary>The record at a position, in place; one that wraps around is put together in a buffer that lives until the next.</summary>
    public ReadOnlySpan<byte> Record(ulong position, int size)
    {
        ulong start = position & _mask;
        if (start + (ulong)size <= (ulong)DataSize)
            return new ReadOnlySpan<byte>(_data + start, size);
        _scratch ??= new byte[LongestRecord + 1];
        int first = (int)((ulong)DataSize - start);
        new ReadOnlySpan<byte>(_data + start, first).CopyTo(_scratch);
        new ReadOnlySpan<byte>(_data, size - first).CopyTo(_scratch.AsSpan(first));
        return _scratch.AsSpan(0, size);
    }

    /// <summary>A part of the ring in place: in two pieces where it wraps around.</summary>
    public void Slice(ulong position, int length, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        ulong start = position & _mask;
        int piece = (int)Math.Min((ulong)length, (ulong)DataSize - start);
        first = new ReadOnlySpan<byte>(_data + start, piece);
        second = new ReadOnlySpan<byte>(_data, length - piece);
    }

    public void Dispose() => _map.Dispose();
}
