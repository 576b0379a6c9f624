using System.Buffers.Binary;

namespace PerfTrace.Tracing;

/// <summary>
/// Walks a page of a trace buffer, as <c>per_cpu/cpuN/trace_pipe_raw</c> gives it, record by record (include/linux/ring_buffer.h,
/// kernel/trace/ring_buffer.c). Nothing is copied. A page that lies ends the walk.
/// </summary>
public ref struct RingBufferPage
{
    // enum ring_buffer_type; lengths of data are in words of four bytes.
    private const int LengthInArray = 0, Padding = 29, TimeExtend = 30, TimeStamp = 31;
    private const int HeaderSize = sizeof(uint), Alignment = 4, DeltaBits = 27;

    // RB_MISSED_EVENTS, RB_MISSED_STORED; below them the number of bytes.
    private const ulong MissedFlag = 1UL << 31, MissedStoredFlag = 1UL << 30, SizeMask = (1UL << 27) - 1;

    // An absolute stamp has 59 bits; those above are the same as in the stamp before.
    private const int StampBits = 59;

    private readonly ReadOnlySpan<byte> _data;
    private int _at;

    /// <param name="page">A page; shorter than its layout says when little was in it.</param>
    /// <param name="layout">How it begins.</param>
    public RingBufferPage(ReadOnlySpan<byte> page, in RingBufferPageLayout layout)
    {
        if (page.Length < layout.DataOffset || page.Length < layout.CommitOffset + layout.CommitSize || page.Length < layout.TimestampOffset + sizeof(ulong))
        {
            IsDamaged = !page.IsEmpty;
            return;
        }
        Timestamp = BinaryPrimitives.ReadUInt64LittleEndian(page[layout.TimestampOffset..]);
        ulong commit = layout.CommitSize == sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64LittleEndian(page[layout.CommitOffset..])
            : BinaryPrimitives.ReadUInt32LittleEndian(page[layout.CommitOffset..]);
        ReadOnlySpan<byte> data = page[layout.DataOffset..];
        HasMissedEvents = (commit & MissedFlag) != 0;
        ulong size = commit & SizeMask;
        IsDamaged = size > (ulong)data.Length;
        _data = data[..(int)Math.Min(size, (ulong)data.Length)];
        // The count stands behind the events, where there was room for it.
        if (HasMissedEvents && (commit & MissedStoredFlag) != 0 && data.Length - _data.Length >= layout.CommitSize)
        {
            MissedEvents = layout.CommitSize == sizeof(ulong)
                ? BinaryPrimitives.ReadInt64LittleEndian(data[_data.Length..])
                : BinaryPrimitives.ReadInt32LittleEndian(data[_data.Length..]);
        }
    }

    /// <summary>Events were overwritten between the page that was read before and this one.</summary>
    public bool HasMissedEvents { get; }

    /// <summary>How many, where the kernel had room to say it; otherwise 0.</summary>
    public long MissedEvents { get; }

    /// <summary>The page is not one, or not whole: what could be read was.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The time of the record, by the instance's trace_clock; at first that of the page.</summary>
    public ulong Timestamp { get; private set; }

    /// <summary>
    /// The part of <see cref="Timestamp"/> that events made up which the kernel threw away. Its own <c>trace</c> forgets to add it
    /// (rb_update_iter_read_stamp()), unlike its check of a page (check_buffer()), and says earlier times.
    /// </summary>
    public ulong DiscardedTime { get; private set; }

    /// <summary>The record from common_type on. Its length is rounded up to four bytes.</summary>
    public ReadOnlySpan<byte> Record { get; private set; }

    /// <summary>Goes to the next record.</summary>
    public bool MoveNext()
    {
        while (_at + HeaderSize <= _data.Length)
        {
            uint header = BinaryPrimitives.ReadUInt32LittleEndian(_data[_at..]);
            int type = (int)(header & 31);
            ulong delta = header >> 5;
            int data = _at + HeaderSize;
            uint first = data + sizeof(uint) <= _data.Length ? BinaryPrimitives.ReadUInt32LittleEndian(_data[data..]) : 0;
            switch (type)
            {
                case Padding when delta == 0:
                    return End(false); // nothing else is on this page
                case Padding:
                    // An event that was thrown away; the next one's time counts from it all the same. 1 stands for 0, which would be
                    // the end of the page.
                    if (delta > 1)
                    {
                        Timestamp += delta;
                        DiscardedTime += delta;
                    }
                    if (!Skip(data, first))
                        return End(true);
                    break;
                case TimeExtend:
                    Timestamp += ((ulong)first << DeltaBits) + delta;
                    if (!Skip(data, sizeof(uint)))
                        return End(true);
                    break;
                case TimeStamp:
                    ulong stamp = (ulong)first << DeltaBits | delta | Timestamp >> StampBits << StampBits;
                    DiscardedTime = 0;
                    Timestamp = stamp < Timestamp ? stamp + (1UL << StampBits) : stamp;
                    if (!Skip(data, sizeof(uint)))
                        return End(true);
                    break;
                case LengthInArray:
                    Timestamp += delta;
                    // The length counts its own four bytes.
                    if (first < sizeof(uint) || !Skip(data, first))
                        return End(true);
                    Record = _data.Slice(data + sizeof(uint), (int)first - sizeof(uint));
                    return true;
                default:
                    Timestamp += delta;
                    if (!Skip(data, (uint)(type * Alignment)))
                        return End(true);
                    Record = _data.Slice(data, type * Alignment);
                    return true;
            }
        }
        return End(_at < _data.Length);
    }

    private bool Skip(int data, uint length)
    {
        if (length > (uint)(_data.Length - data))
            return false;
        _at = data + (int)((length + Alignment - 1) & ~(uint)(Alignment - 1));
        return true;
    }

    private bool End(bool isDamaged)
    {
        IsDamaged |= isDamaged;
        Record = [];
        _at = int.MaxValue - HeaderSize - 1;
        return false;
    }
}
