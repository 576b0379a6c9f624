using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// The perf events of a stream, and a ring buffer for each CPU that they all write to. Merges the records of the rings by time.
/// </summary>
internal sealed class TracepointRings : IDisposable
{
    private const int DefaultBufferSize = 4 << 20, SmallestBufferSize = 64 << 10;

    private readonly List<Opened> _opened = [];
    private readonly List<RecordIndex> _rings = [];
    private readonly Dictionary<int, long> _lost = [];
    private readonly HashSet<int> _isCounted = [];
    private readonly SystemPaths _paths;
    private readonly TracepointStreamOptions _options;
    private RecordIndex? _current;
    private ulong _currentLimit;
    private bool _isDisabled;

    private readonly record struct Opened(FileDescriptor Descriptor, int Cpu, bool IsOwner, bool ReportsLoss);

    private TracepointRings(TracepointStreamOptions options, SystemPaths paths)
    {
        _options = options;
        _paths = paths;
        BufferSize = PerfRing.RoundSize(options.BufferSize ?? DefaultBufferSize);
    }

    /// <summary>Bytes of each ring.</summary>
    public int BufferSize { get; private set; }

    /// <summary>The events whose rings become readable.</summary>
    public IEnumerable<FileDescriptor> Owners => _rings.Select(static r => r.Ring.Owner);

    /// <summary>Records that found no room, by CPU.</summary>
    public IReadOnlyDictionary<int, long> LostPerCpu => _lost;

    /// <summary>Rings whose records were no chain.</summary>
    public int Broken => _rings.Count(static r => r.IsBroken);

    /// <exception cref="KernelException">Descriptors or memory ran out; nothing at all could be opened.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before all were open.</exception>
    public static TracepointRings Open(IReadOnlyList<StreamedEvent> events, IReadOnlyList<CounterSlot> slots, TracepointStreamOptions options,
        bool enableOnExec, SystemPaths paths, Action<string>? verbose, Action<CounterProblem>? problem, CancellationToken stop)
    {
        var rings = new TracepointRings(options, paths);
        try
        {
            rings.OpenOwners(slots, enableOnExec);
            var refused = new HashSet<StreamedEvent>();
            foreach (CounterSlot slot in slots)
            {
                if (rings.RingOf(slot.Cpu) is not { } ring)
                    continue;
                foreach (StreamedEvent e in events)
                {
                    stop.ThrowIfCancellationRequested();
                    if (!refused.Contains(e) && rings.OpenEvent(e, slot, ring, enableOnExec) is { } reason)
                    {
                        refused.Add(e);
                        problem?.Invoke(new CounterProblem(IdOf(reason), e.Format.FullName, reason));
                    }
                }
            }
            int count = events.Sum(static e => e.Count);
            verbose?.Invoke($"Opened {count - refused.Sum(static e => e.Count)} of {count} events on {rings._rings.Count} CPUs; each has a ring buffer of {rings.BufferSize / 1024} KiB.");
            return rings;
        }
        catch
        {
            rings.Dispose();
            throw;
        }
    }

    /// <summary>At least one event is being watched.</summary>
    public bool IsAnyOpen => _opened.Count > _rings.Count;

    /// <summary>Begins to report names, forks, exits and mappings.</summary>
    public void EnableReports()
    {
        foreach (Opened opened in _opened.Where(static o => o.IsOwner))
            opened.Descriptor.Control(PerfIoctl.Enable);
    }

    /// <summary>Begins to record.</summary>
    public void Enable() => ControlAll(PerfIoctl.Enable);

    public void Disable()
    {
        ControlAll(PerfIoctl.Disable);
        _isDisabled = true;
        if (_options.Overwrite)
        {
            foreach (RecordIndex index in _rings)
                index.Ring.Owner.Control(PerfIoctl.PauseOutput, 1);
        }
    }

    /// <summary>Takes up what the kernel has written, not more than a part of it at a time.</summary>
    /// <returns>Up to which time nothing more can come from what is not taken up yet; <see cref="ulong.MaxValue"/> when that is nothing.</returns>
    public ulong Refresh()
    {
        ulong limit = ulong.MaxValue;
        foreach (RecordIndex index in _rings)
        {
            index.Refresh();
            limit = Math.Min(limit, index.Limit);
        }
        _current = null;
        return limit;
    }

    public void RefreshOverwritten()
    {
        foreach (RecordIndex index in _rings)
            index.RefreshOverwritten();
        _current = null;
    }

    /// <summary>The earliest record of all rings, if its time is at most <paramref name="horizon"/>.</summary>
    public bool TryTake(ulong horizon, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PerfRing? ring, out RecordIndex.Entry entry)
    {
        // As long as one ring's records are the earliest, the others need not be looked at.
        if (_current is null || _current.NextTime > _currentLimit)
            ChooseRing();
        ring = _current?.Ring;
        entry = default;
        return ring is not null && _current!.TryTake(horizon, out entry);
    }

    /// <summary>Gives the kernel the room of what was taken.</summary>
    public void Release()
    {
        if (_options.Overwrite)
            return;
        foreach (RecordIndex index in _rings)
            index.Release();
    }

    /// <summary>Adds what a PERF_RECORD_LOST tells: struct { header; u64 id, lost; sample_id }.</summary>
    public void AddLost(int cpu, ReadOnlySpan<byte> record)
    {
        if (record.Length >= 24 && !_isCounted.Contains(cpu))
            _lost[cpu] = _lost.GetValueOrDefault(cpu) + BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
    }

    /// <summary>
    /// Asks each event how many of its samples were lost (Linux 6.0): the last losses have had no record. What records in the rings
    /// still tell is part of it.
    /// </summary>
    public void CountLost()
    {
        Span<ulong> values = stackalloc ulong[2];
        var counted = new Dictionary<int, long>();
        foreach (Opened opened in _opened.Where(static o => o.ReportsLoss))
        {
            values.Clear();
            if (opened.Descriptor.Read(MemoryMarshal.AsBytes(values)) == 16)
                counted[opened.Cpu] = counted.GetValueOrDefault(opened.Cpu) + (long)values[1];
        }
        foreach ((int cpu, long lost) in counted)
        {
            if (lost > 0)
                _lost[cpu] = lost;
            _isCounted.Add(cpu);
        }
    }

    public void Dispose()
    {
        try
        {
            // What is enabled costs the machine something until the kernel has closed it.
            if (!_isDisabled)
                ControlAll(PerfIoctl.Disable);
        }
        catch (KernelException)
        {
            // It is closed in any case.
        }
        foreach (RecordIndex index in _rings)
            index.Ring.Dispose();
        BackgroundClose.Close([.. _opened.Select(static o => o.Descriptor)]);
        _opened.Clear();
        _rings.Clear();
    }

    // All rings have one size: the largest that all can have, where the user gave none.
    private void OpenOwners(IReadOnlyList<CounterSlot> slots, bool enableOnExec)
    {
        while (!TryOpenOwners(slots, enableOnExec))
        {
            foreach (RecordIndex index in _rings)
                index.Ring.Dispose();
            foreach (Opened opened in _opened)
                opened.Descriptor.Dispose();
            _rings.Clear();
            _opened.Clear();
            BufferSize /= 2; // what kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK allow for all of them
        }
    }

    // An event of its own carries each ring: it counts nothing, and reports names, forks and exits.
    private bool TryOpenOwners(IReadOnlyList<CounterSlot> slots, bool enableOnExec)
    {
        const ulong PERF_COUNT_SW_DUMMY = 9;
        foreach (CounterSlot slot in slots)
        {
            PerfEventAttr attributes = Common(PerfType.Software, PERF_COUNT_SW_DUMMY, slot, enableOnExec);
            attributes.Set(PerfEventFlags.Comm | PerfEventFlags.CommExec | PerfEventFlags.Task, true);
            attributes.Set(PerfEventFlags.Mmap | PerfEventFlags.Mmap2, _options.CallStack);
            Errno errno = Call(in attributes, slot, out FileDescriptor? fd);
            if (errno == Errno.ESRCH)
                continue; // the thread has ended
            if (errno != Errno.None)
                throw PerfAdvice.ToException(errno, "dummy", _paths, slot.Pid == -1, countsKernel: true, PerfEventKind.Tracepoint);
            _opened.Add(new Opened(fd!, slot.Cpu, IsOwner: true, ReportsLoss: false));
            if (RingOf(slot.Cpu) is { } ring)
                Direct(fd!, ring);
            else if (Map(fd!, slot.Cpu) is { } made)
                _rings.Add(new RecordIndex(made));
            else
                return false;
        }
        return true;
    }

    // Null: it has to be smaller, and may be.
    private PerfRing? Map(FileDescriptor fd, int cpu)
    {
        try
        {
            return new PerfRing(fd, cpu, BufferSize, _options.Overwrite);
        }
        catch (KernelException e) when (e.Errno == Errno.EPERM && _options.BufferSize is null && BufferSize > SmallestBufferSize)
        {
            return null;
        }
        catch (KernelException e) when (e.Errno == Errno.EPERM)
        {
            throw KernelException.Create(Errno.EPERM, "mmap", $"a ring buffer of {BufferSize / 1024} KiB",
                "Make -BufferSize smaller, raise kernel.perf_event_mlock_kb, or run with CAP_IPC_LOCK.");
        }
    }

    private KernelException? OpenEvent(StreamedEvent e, CounterSlot slot, PerfRing ring, bool enableOnExec)
    {
        PerfEventAttr attributes = Common(PerfType.Tracepoint, (ulong)e.Format.Id, slot, enableOnExec);
        attributes.SamplePeriod = 1;
        attributes.ReadFormat = PerfReadFormat.Lost;
        if (e.Calls is not null)
        {
            // One register, the first: it comes with the word that tells a 32-bit program.
            attributes.SampleType |= PerfSampleFormat.UserRegisters;
            attributes.SampleRegsUser = 1;
        }
        Errno errno = Call(in attributes, slot, out FileDescriptor? fd);
        if (errno == Errno.EINVAL)
        {
            attributes.ReadFormat = PerfReadFormat.None; // before Linux 6.0
            errno = Call(in attributes, slot, out fd);
        }
        if (errno == Errno.ESRCH)
            return null;
        if (errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
            throw KernelException.Create(errno, "perf_event_open", e.Format.FullName);
        if (errno != Errno.None)
            return PerfAdvice.ToException(errno, e.Format.FullName, _paths, slot.Pid == -1 || slot.IsCGroup, countsKernel: true, PerfEventKind.Tracepoint);
        try
        {
            if (e.Filter is { } filter)
                SetFilter(fd!, e.Format, filter);
            Direct(fd!, ring);
        }
        catch (KernelException reason)
        {
            fd!.Dispose();
            return reason;
        }
        _opened.Add(new Opened(fd!, slot.Cpu, IsOwner: false, attributes.ReadFormat == PerfReadFormat.Lost));
        return null;
    }

    private static unsafe void SetFilter(FileDescriptor fd, EventFormat format, string filter)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(filter), 0];
        try
        {
            fixed (byte* p = text)
                fd.Control(PerfIoctl.SetFilter, (nint)p);
        }
        catch (KernelException e)
        {
            throw new EventFilterException(format.FullName, filter, e.Errno);
        }
    }

    private static void Direct(FileDescriptor fd, PerfRing ring) => fd.Control(PerfIoctl.SetOutput, ring.Owner.Number);

    private PerfEventAttr Common(PerfType type, ulong config, CounterSlot slot, bool enableOnExec)
    {
        const ushort DeepestStack = 127; // kernel.perf_event_max_stack's default; a larger number may be refused
        var attributes = new PerfEventAttr
        {
            Type = (uint)type,
            Size = PerfEventAttr.StructureSize,
            Config = config,
            // Without PERIOD an event that counts more than itself (sched_stat_runtime counts nanoseconds) would give as many samples
            // (perf_swevent_event in kernel/events/core.c).
            SampleType = PerfSampleFormat.Tid | PerfSampleFormat.Time | PerfSampleFormat.Period | PerfSampleFormat.Raw | (_options.CallStack ? PerfSampleFormat.CallChain : 0),
            Flags = PerfEventFlags.Disabled | PerfEventFlags.SampleIdAll | PerfEventFlags.UseClockId | PerfEventFlags.Watermark,
            ClockId = KernelClock.MonotonicId,
            WakeupEvents = (uint)(BufferSize / 4),
            SampleMaxStack = _options.CallStack ? DeepestStack : (ushort)0,
        };
        bool isTask = slot.Pid >= 0 && !slot.IsCGroup;
        attributes.Set(PerfEventFlags.Inherit, isTask && _options.Inherit);
        attributes.Set(PerfEventFlags.EnableOnExec, isTask && enableOnExec);
        attributes.Set(PerfEventFlags.WriteBackward, _options.Overwrite);
        return attributes;
    }

    private static unsafe Errno Call(in PerfEventAttr attributes, CounterSlot slot, out FileDescriptor? fd)
    {
        PerfOpenFlags flags = PerfOpenFlags.CloseOnExec | (slot.IsCGroup ? PerfOpenFlags.PidCGroup : 0);
        fixed (PerfEventAttr* p = &attributes)
            return SystemCalls.PerfEventOpen(p, slot.Pid, slot.Cpu, FileDescriptor.None.Number, (ulong)flags, out fd);
    }

    private PerfRing? RingOf(int cpu) => _rings.Find(r => r.Ring.Cpu == cpu)?.Ring;

    private void ChooseRing()
    {
        _current = null;
        ulong first = ulong.MaxValue, second = ulong.MaxValue;
        foreach (RecordIndex index in _rings)
        {
            ulong time = index.NextTime;
            if (time < first)
            {
                second = first;
                first = time;
                _current = index;
            }
            else if (time < second)
            {
                second = time;
            }
        }
        _currentLimit = second;
    }

    private void ControlAll(nuint request)
    {
        foreach (Opened opened in _opened)
            opened.Descriptor.Control(request);
    }

    private static string IdOf(KernelException reason) => reason switch
    {
        EventFilterException => "InvalidFilter",
        KernelAccessException => "AccessDenied",
        { Errno: Errno.ENOENT or Errno.EINVAL } => "EventGone",
        _ => "EventNotWatched",
    };
}
