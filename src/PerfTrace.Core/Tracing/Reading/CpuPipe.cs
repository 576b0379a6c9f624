using System.Diagnostics;
using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>The buffer of one CPU: pages taken out of <c>per_cpu/cpuN/trace_pipe_raw</c>, and where in them the next record is.</summary>
internal sealed class CpuPipe : IDisposable
{
    private readonly RingPageLayout _layout;
    private readonly Func<byte[], int> _readPage;
    private readonly FileDescriptor? _descriptor;
    private readonly Stack<byte[]> _spare;
    private readonly Queue<byte[]> _pages = new();
    private readonly List<byte[]> _done = [];
    private byte[]? _current;
    private RingPage _place;
    private int _start, _length;
    private bool _hasNext;
    private long _takenAt;

    public CpuPipe(TracingDirectory directory, int cpu, RingPageLayout layout, Stack<byte[]> spare)
        : this(cpu, layout, spare, null!)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"per_cpu/cpu{cpu}/trace_pipe_raw");
        FileDescriptor descriptor = _descriptor = directory.OpenRead(file, nonBlocking: true);
        _readPage = page => ReadPage(directory, file, descriptor, page);
    }

    /// <summary>A buffer whose pages come from elsewhere.</summary>
    /// <param name="cpu">Whose it is.</param>
    /// <param name="layout">How pages lie.</param>
    /// <param name="spare">Pages that may be used.</param>
    /// <param name="readPage">Fills a page and tells how much of it; 0 or less: there is nothing now.</param>
    internal CpuPipe(int cpu, RingPageLayout layout, Stack<byte[]> spare, Func<byte[], int> readPage)
    {
        Cpu = cpu;
        _layout = layout;
        _spare = spare;
        _readPage = readPage;
    }

    public int Cpu { get; }

    /// <summary>The time of the next record; the greatest number when there is none.</summary>
    public ulong NextTime { get; private set; } = ulong.MaxValue;

    /// <summary>Records that the pages say were overwritten.</summary>
    public long Missed { get; private set; }

    /// <summary>A page said that records were overwritten, not how many.</summary>
    public bool HasUncountedLoss { get; private set; }

    /// <summary>Pages that were not what they should be.</summary>
    public int Broken { get; private set; }

    /// <summary>Takes pages out of the kernel's buffer, so many at most.</summary>
    /// <param name="most">How many.</param>
    /// <param name="lastTime">When the first record of the last page was; unchanged without a page.</param>
    /// <returns>How many were taken; fewer than <paramref name="most"/>: nothing is left.</returns>
    public int Read(int most, ref ulong lastTime)
    {
        for (int count = 0; count < most; count++)
        {
            byte[] page = _spare.TryPop(out byte[]? spare) ? spare : new byte[_layout.PageSize];
            int length = _readPage(page);
            if (length <= 0)
            {
                _spare.Push(page);
                return count;
            }
            page.AsSpan(length).Clear();
            var head = new RingPage(page, _layout);
            Missed += head.Missed ?? 0;
            HasUncountedLoss |= head is { HasMissed: true, Missed: null };
            lastTime = head.Time;
            _takenAt = Stopwatch.GetTimestamp();
            _pages.Enqueue(page);
        }
        return most;
    }

    /// <summary>Finds the next record, if it is not found yet. Behind the last one new pages are looked at.</summary>
    public bool FindNext()
    {
        while (!_hasNext)
        {
            if (_current is not null && _place.TryNext(_current, out ulong time, out _start, out _length))
            {
                NextTime = time;
                _hasNext = true;
                return true;
            }
            if (_current is not null)
            {
                if (_place.IsBroken)
                    Broken++;
                _done.Add(_current);
            }
            if (!_pages.TryDequeue(out _current))
            {
                NextTime = ulong.MaxValue;
                return false;
            }
            _place = new RingPage(_current, _layout);
        }
        return true;
    }

    /// <summary>The record that was found. It stays where it is until <see cref="Recycle"/>.</summary>
    public ReadOnlySpan<byte> Next => _hasNext ? _current.AsSpan(_start, _length) : default;

    /// <summary>For how long nothing more has come than what was taken last.</summary>
    public TimeSpan QuietFor => Stopwatch.GetElapsedTime(_takenAt);

    /// <summary>The record that was found may go on in what has not been taken out yet: nothing but parts of it is behind it.</summary>
    /// <param name="isPart">Whether a record behind it (the first) is part of it (the second).</param>
    public bool MayGoOn(Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> isPart)
    {
        if (!FindNext())
            return false;
        RingPage place = _place;
        if (!IsAllPart(_current!, ref place, isPart))
            return false;
        foreach (byte[] page in _pages)
        {
            place = new RingPage(page, _layout);
            if (!IsAllPart(page, ref place, isPart))
                return false;
        }
        return true;
    }

    /// <summary>Goes behind the record that was found.</summary>
    public void Skip() => _hasNext = false;

    /// <summary>Pages whose records have all been taken may be used again.</summary>
    public void Recycle()
    {
        if (_done.Count == 0)
            return;
        foreach (byte[] page in _done)
            _spare.Push(page);
        _done.Clear();
    }

    public void Dispose() => _descriptor?.Dispose();

    private bool IsAllPart(byte[] page, ref RingPage place, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> isPart)
    {
        while (place.TryNext(page, out _, out ReadOnlySpan<byte> next))
        {
            if (!isPart(next, Next))
                return false;
        }
        return true;
    }

    private static int ReadPage(TracingDirectory directory, string file, FileDescriptor descriptor, byte[] page)
    {
        try
        {
            return descriptor.ReadAvailable(page);
        }
        catch (KernelException e)
        {
            throw directory.Explain(e.Errno, e.Call, file);
        }
    }
}
