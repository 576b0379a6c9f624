using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>The records of one ring that were written and not yet read, in order of their times.</summary>
/// <remarks>
/// A record's time is taken before its place is reserved. An interrupt between the two writes its own, later record first, so the ring's order
/// is nearly that of time but not quite.
/// </remarks>
internal sealed class RecordIndex(PerfRing ring)
{
    /// <summary>So many records are taken up at a time: a ring of 128 MiB holds a million, whose index would be as large as a processor's cache many times over.</summary>
    private const int MostEntries = 1 << 14;

    private readonly List<Entry> _entries = [];
    private int _next;
    private ulong _indexed = ring.Tail;
    private bool _isBroken;

    internal readonly record struct Entry(ulong Time, ulong Position, PerfRecordType Type, int Size);

    public PerfRing Ring { get; } = ring;

    /// <summary>The records of a ring are no chain: the reader has lost its place. It goes on behind the head.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>The time of the next record; <see cref="ulong.MaxValue"/> without one.</summary>
    public ulong NextTime => _next < _entries.Count ? _entries[_next].Time : ulong.MaxValue;

    /// <summary>There is more in the ring than was taken up; of what is, nothing is later than this. <see cref="ulong.MaxValue"/> otherwise.</summary>
    public ulong Limit { get; private set; } = ulong.MaxValue;

    /// <summary>Takes up what the kernel has written since the last call.</summary>
    public void Refresh()
    {
        if (_next > 0)
        {
            _entries.RemoveRange(0, _next);
            _next = 0;
        }
        ulong head = Ring.Head;
        ulong latest = _entries.Count > 0 ? _entries[^1].Time : 0;
        bool isSorted = true;
        while (_indexed < head && _entries.Count < MostEntries)
        {
            (PerfRecordType type, int size) = Ring.Header(_indexed);
            if (size < PerfRing.HeaderSize || _indexed + (ulong)size > head)
            {
                _isBroken = true;
                _indexed = head;
                break;
            }
            ulong time = TimeOf(_indexed, type, size, latest);
            isSorted &= time >= latest;
            latest = Math.Max(latest, time);
            _entries.Add(new Entry(time, _indexed, type, size));
            _indexed += (ulong)size;
        }
        if (!isSorted)
            SortByTime(CollectionsMarshal.AsSpan(_entries));
        Limit = _indexed < head ? latest : ulong.MaxValue;
    }

    /// <summary>
    /// Takes up what is left in a ring that the kernel overwrites and that is paused: there the head falls, so that the newest record
    /// is at it and older ones follow.
    /// </summary>
    public void RefreshOverwritten()
    {
        _entries.Clear();
        _next = 0;
        ulong head = Ring.Head;
        ulong written = Math.Min(0 - head, (ulong)Ring.DataSize);
        for (ulong position = head; position != head + written;)
        {
            (PerfRecordType type, int size) = Ring.Header(position);
            if (size < PerfRing.HeaderSize || position - head + (ulong)size > written)
                break; // the oldest is half overwritten
            _entries.Add(new Entry(TimeOf(position, type, size, 0), position, type, size));
            position += (ulong)size;
        }
        _entries.Reverse();
        SortByTime(CollectionsMarshal.AsSpan(_entries));
    }

    /// <summary>The next record, if its time is at most <paramref name="horizon"/>.</summary>
    public bool TryTake(ulong horizon, out Entry entry)
    {
        if (_next < _entries.Count && _entries[_next].Time <= horizon)
        {
            entry = _entries[_next++];
            return true;
        }
        entry = default;
        return false;
    }

    /// <summary>Gives the kernel the room of the records that were taken.</summary>
    public void Release()
    {
        ulong tail = _indexed;
        for (int i = _next; i < _entries.Count; i++)
            tail = Math.Min(tail, _entries[i].Position);
        if (tail != Ring.Tail)
            Ring.Tail = tail;
    }

    // attr.sample_type is TID | TIME …: the time is the third word of a sample and the last of any other record (sample_id_all).
    private ulong TimeOf(ulong position, PerfRecordType type, int size, ulong otherwise) =>
        size < 24 ? otherwise : Ring.Word(position + (type == PerfRecordType.Sample ? 16 : (ulong)size - 8));

    // Insertion sort: stable, and linear where only neighbours are out of order.
    internal static void SortByTime(Span<Entry> entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            Entry entry = entries[i];
            int j = i - 1;
            for (; j >= 0 && entries[j].Time > entry.Time; j--)
                entries[j + 1] = entries[j];
            entries[j + 1] = entry;
        }
    }
}
