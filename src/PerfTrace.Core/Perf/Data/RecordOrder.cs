using System.Buffers;
using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>
/// Puts records into the order of their times. A recorder writes the rings of the CPUs one after the other and marks the end of each round
/// (PERF_RECORD_FINISHED_ROUND): what one round has is not earlier than what the round before the last had.
/// </summary>
/// <remarks>Records are copied, as what they are read from moves on; two rounds of them are held, and never more than <see cref="MostBytes"/>.</remarks>
internal sealed class RecordOrder(bool isBigEndian) : IDisposable
{
    /// <summary>Without marks of rounds so much is held: what comes later and is earlier is then out of order.</summary>
    public const int MostBytes = 48 << 20;

    private const int BlockSize = 1 << 20;

    private readonly List<Block> _blocks = [];
    private readonly Stack<Block> _free = new();
    private List<Entry> _entries = [];
    private List<Entry> _spare = [];
    private readonly List<Entry> _later = [];
    private Block? _block;
    private Block? _taken;
    private int _next, _ready;
    private ulong _latest, _latestOfRound;
    private long _bytes;

    private sealed class Block
    {
        public readonly byte[] Bytes = ArrayPool<byte>.Shared.Rent(BlockSize);
        public int Used;
        public int Records;
    }

    private readonly record struct Entry(ulong Time, Block Block, int At, int Size, long Offset);

    /// <summary>So much is held that the earlier part must be given out.</summary>
    public bool IsFull => _bytes > MostBytes;

    /// <summary>Takes up a record.</summary>
    public void Add(PerfDataBytes record, ulong time)
    {
        Block? block = _block;
        if (block is null || block.Used + record.Length > BlockSize)
        {
            if (block is { Records: 0 })
                Free(block);
            _block = block = _free.TryPop(out Block? free) ? free : NewBlock();
        }
        record.Slice(0, record.Length).CopyTo(block.Bytes.AsSpan(block.Used));
        _later.Add(new Entry(time, block, block.Used, record.Length, record.Offset));
        block.Used += record.Length;
        block.Records++;
        _bytes += record.Length;
        _latest = Math.Max(_latest, time);
    }

    /// <summary>A round ends: what is not later than the end of the one before can be taken.</summary>
    public void FinishRound()
    {
        Release(_latestOfRound);
        _latestOfRound = _latest;
    }

    /// <summary>The earlier half can be taken, although something earlier might come.</summary>
    public void Relieve()
    {
        var times = new ulong[_later.Count];
        for (int i = 0; i < times.Length; i++)
            times[i] = _later[i].Time;
        Array.Sort(times);
        Release(times[times.Length / 2]);
    }

    /// <summary>Nothing comes any more: all can be taken.</summary>
    public void Finish() => Release(ulong.MaxValue);

    /// <summary>The next record in order, which stays there until the next call; false when none can be taken yet.</summary>
    public bool TryTake(out PerfDataRecord record)
    {
        if (_taken is { } taken)
        {
            _taken = null;
            if (--taken.Records == 0 && taken != _block)
                Free(taken);
        }
        if (_next == _ready)
        {
            record = default;
            return false;
        }
        Entry entry = _entries[_next++];
        _bytes -= entry.Size;
        _taken = entry.Block;
        record = new PerfDataRecord(new PerfDataBytes(entry.Block.Bytes.AsSpan(entry.At, entry.Size), isBigEndian, entry.Offset));
        return true;
    }

    public void Dispose()
    {
        foreach (Block block in _blocks)
            ArrayPool<byte>.Shared.Return(block.Bytes);
        _blocks.Clear();
    }

    private Block NewBlock()
    {
        var block = new Block();
        _blocks.Add(block);
        return block;
    }

    private void Free(Block block)
    {
        block.Used = 0;
        _free.Push(block);
    }

    // Called when all that could be taken has been.
    private void Release(ulong limit)
    {
        _entries.Clear();
        _next = 0;
        Span<Entry> all = CollectionsMarshal.AsSpan(_later);
        int kept = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i].Time <= limit)
                _entries.Add(all[i]);
            else
                all[kept++] = all[i];
        }
        _later.RemoveRange(kept, all.Length - kept);
        if (!IsSorted(CollectionsMarshal.AsSpan(_entries)))
            MergeSort();
        _ready = _entries.Count;
    }

    private static bool IsSorted(ReadOnlySpan<Entry> entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i].Time < entries[i - 1].Time)
                return false;
        }
        return true;
    }

    // Stable, and quick where it meets few ascending runs: a round has one of each CPU.
    private void MergeSort()
    {
        CollectionsMarshal.SetCount(_spare, _entries.Count);
        List<int> ends = RunEnds(CollectionsMarshal.AsSpan(_entries));
        while (ends.Count > 1)
        {
            Span<Entry> source = CollectionsMarshal.AsSpan(_entries), target = CollectionsMarshal.AsSpan(_spare);
            int start = 0, kept = 0;
            for (int run = 0; run < ends.Count; run += 2)
            {
                int middle = ends[run], end = run + 1 < ends.Count ? ends[run + 1] : middle;
                Merge(source[start..middle], source[middle..end], target[start..end]);
                ends[kept++] = end;
                start = end;
            }
            ends.RemoveRange(kept, ends.Count - kept);
            (_entries, _spare) = (_spare, _entries);
        }
        _spare.Clear();
    }

    private static List<int> RunEnds(ReadOnlySpan<Entry> entries)
    {
        var ends = new List<int>();
        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i].Time < entries[i - 1].Time)
                ends.Add(i);
        }
        ends.Add(entries.Length);
        return ends;
    }

    private static void Merge(ReadOnlySpan<Entry> first, ReadOnlySpan<Entry> second, Span<Entry> target)
    {
        int a = 0, b = 0, at = 0;
        while (a < first.Length && b < second.Length)
            target[at++] = second[b].Time < first[a].Time ? second[b++] : first[a++];
        first[a..].CopyTo(target[at..]);
        second[b..].CopyTo(target[(at + first.Length - a)..]);
    }
}
