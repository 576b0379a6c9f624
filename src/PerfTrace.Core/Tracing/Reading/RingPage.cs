using System.Buffers.Binary;

namespace PerfTrace.Tracing;

/// <summary>
/// Goes through the records of a page of ftrace's ring buffers (Documentation/trace/ring-buffer-design.rst; <c>events/header_event</c>). It keeps
/// places alone, so that it can be put down and taken up again; the page is given to each call.
/// </summary>
/// <remarks>
/// A record begins with a word of 32 bits: 5 bits of type and length, 27 bits of nanoseconds since the record before. 1 to 28: so many words of data
/// follow; 0: the next word has the length; 29: nothing, or a record that was taken back; 30: more bits of the time; 31: more bits of an absolute time.
/// A page that tells lies ends early: <see cref="IsBroken"/>.
/// </remarks>
public struct RingPage
{
    // kernel/trace/ring_buffer.c: RB_MISSED_EVENTS, RB_MISSED_STORED; what is below the flags is the length.
    private const uint MissedEvents = 1u << 31, MissedStored = 1u << 30, LengthMask = (1u << 20) - 1;

    private const int Padding = 29, TimeExtend = 30, TimeStamp = 31;
    private const int DeltaBits = 27, WordSize = 4;

    // An absolute time has 59 bits; the five above are those of the time before.
    private const ulong StampBits = (1UL << 59) - 1;

    private readonly int _end;
    private int _at;
    private ulong _time;

    /// <summary>Reads the header.</summary>
    /// <param name="page">A page as read(2) of trace_pipe_raw gives it.</param>
    /// <param name="layout">How it lies.</param>
    public RingPage(ReadOnlySpan<byte> page, RingPageLayout layout)
    {
        if (page.Length < layout.DataOffset)
        {
            IsBroken = true;
            return;
        }
        Time = _time = BinaryPrimitives.ReadUInt64LittleEndian(page[layout.TimeOffset..]);
        // Of 8 bytes the upper half is 0: all flags are in the lower.
        uint commit = BinaryPrimitives.ReadUInt32LittleEndian(page[layout.CommitOffset..]);
        int length = (int)(commit & LengthMask);
        _at = layout.DataOffset;
        _end = layout.DataOffset + length;
        if (_end > page.Length)
        {
            _end = _at;
            IsBroken = true;
            return;
        }
        HasMissed = (commit & MissedEvents) != 0;
        // The number stands behind the last record if there was room.
        if ((commit & MissedStored) != 0 && page.Length - _end >= sizeof(ulong))
            Missed = (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(page[_end..]), long.MaxValue);
    }

    /// <summary>The time of the first record.</summary>
    public ulong Time { get; }

    /// <summary>Records before this page were overwritten.</summary>
    public bool HasMissed { get; }

    /// <summary>How many; null when the page does not tell.</summary>
    public long? Missed { get; }

    /// <summary>The page was not what it should be; its rest can not be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The next record.</summary>
    /// <param name="page">The same page.</param>
    /// <param name="time">Its time, by the buffer's clock.</param>
    /// <param name="record">The record from common_type on; it may have some bytes more than its event.</param>
    public bool TryNext(ReadOnlySpan<byte> page, out ulong time, out ReadOnlySpan<byte> record)
    {
        bool isThere = TryNext(page, out time, out int start, out int length);
        record = isThere ? page.Slice(start, length) : default;
        return isThere;
    }

    internal bool TryNext(ReadOnlySpan<byte> page, out ulong time, out int start, out int length)
    {
        while (_end - _at >= WordSize)
        {
            uint head = BinaryPrimitives.ReadUInt32LittleEndian(page[_at..]);
            int type = (int)(head & 31);
            uint delta = head >> 5;
            int body = _at + WordSize;
            if (type is > 0 and < Padding)
            {
                if (type * WordSize > _end - body)
                    break;
                _time += delta;
                time = _time;
                (start, length) = (body, type * WordSize);
                _at = body + length;
                return true;
            }
            if (type == Padding && delta == 0)
            {
                _at = _end; // nothing from here on
                continue;
            }
            if (_end - body < WordSize)
                break;
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(page[body..]);
            switch (type)
            {
                case TimeExtend:
                    _time += delta + ((ulong)word << DeltaBits);
                    _at = body + WordSize;
                    continue;
                case TimeStamp:
                    _time = Complete(delta + ((ulong)word << DeltaBits), _time);
                    _at = body + WordSize;
                    continue;
            }
            // The length counts itself.
            if (word < WordSize || word > _end - body)
                break;
            _time += delta;
            _at = body + Align((int)word);
            if (_at > _end)
                _at = _end;
            if (type == Padding)
                continue; // taken back: a filter did not let it pass
            time = _time;
            (start, length) = (body + WordSize, (int)word - WordSize);
            return true;
        }
        IsBroken |= _at < _end;
        _at = _end;
        time = _time;
        start = length = 0;
        return false;
    }

    private static int Align(int length) => (length + WordSize - 1) & ~(WordSize - 1);

    // rb_fix_abs_ts(): the upper bits are those of the time before, or one more where the lower ones have wrapped.
    private static ulong Complete(ulong stamp, ulong before)
    {
        if ((before & ~StampBits) == 0)
            return stamp;
        stamp |= before & ~StampBits;
        return stamp < before ? stamp + StampBits + 1 : stamp;
    }
}
