using System.Numerics;
using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Takes a record out of a ring: the CPU, and the record with its header, in place, there until the call returns.</summary>
internal delegate void RecordHandler(int cpu, ReadOnlySpan<byte> record);

/// <summary>
/// Events that are being sampled, and the ring buffers that the kernel writes their records to: one for each CPU, and with
/// <see cref="SamplingOptions.Overwrite"/> a second one that holds the samples. What becomes of the records is its user's business.
/// </summary>
internal sealed class SamplingSession : IDisposable
{
    private readonly List<SampledEvent> _events = [];
    private readonly List<PerfRing> _rings = [];
    private readonly List<PerfRing> _snapshotRings = [];
    private readonly SystemPaths _paths;
    private readonly SamplingOptions _options;
    private readonly CounterTarget _target;
    private SampledEvent? _tracking;

    private SamplingSession(CounterTarget target, SamplingOptions options, SystemPaths paths)
    {
        _target = target;
        _options = options;
        _paths = paths;
        BufferSize = options.BufferSize is { } size ? PerfRing.RoundSize(size) : DefaultSize(paths, options.Overwrite);
    }

    /// <summary>In the order of a file's attributes; the one that only tracks comes last.</summary>
    public IReadOnlyList<SampledEvent> Events => _events;

    /// <summary>What the records are read by, in the order of <see cref="Events"/>.</summary>
    public IReadOnlyList<PerfDataAttribute> Attributes => [.. _events.Select(static e => e.Description)];

    /// <summary>Rings whose records are to be read as they come.</summary>
    public IReadOnlyList<PerfRing> Rings => _rings;

    /// <summary>Rings that the kernel overwrites, to be read while they are paused.</summary>
    public IReadOnlyList<PerfRing> SnapshotRings => _snapshotRings;

    /// <summary>The events whose rings become readable.</summary>
    public IEnumerable<FileDescriptor> Owners => _rings.Select(static r => r.Owner);

    /// <summary>Bytes of each ring.</summary>
    public int BufferSize { get; }

    /// <summary>Whose running processes are to be told of before the records can be understood.</summary>
    public CounterTarget Target => _target;

    /// <summary>The process that was started for a command; null: the target is none.</summary>
    public int? CommandId { get; private set; }

    /// <summary>The processes to wait for.</summary>
    public IReadOnlyList<int> Processes { get; private set; } = [];

    /// <summary>Events that are sampled in user space alone because kernel.perf_event_paranoid forbids more, as they were asked for.</summary>
    public IReadOnlyList<string> Restricted { get; private set; } = [];

    /// <summary>Whatever runs on some CPUs is sampled, and not some tasks.</summary>
    public bool IsSystemWide => _target is CounterTarget.Cpus or CounterTarget.CGroups;

    /// <param name="groups">What to sample, from <see cref="EventCatalogue.Resolve"/>.</param>
    /// <param name="target">Whom to sample.</param>
    /// <param name="childId">The process that was started for a command, still before its exec.</param>
    /// <param name="options">How.</param>
    /// <param name="paths">procfs and sysfs.</param>
    /// <param name="problem">Hears of processes and control groups that are not there.</param>
    /// <param name="stop">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="KernelException">An event can not be opened, or descriptors or memory ran out.</exception>
    /// <exception cref="NotSupportedException">An event can not be sampled at all.</exception>
    public static SamplingSession Open(IReadOnlyList<PerfEventGroup> groups, CounterTarget target, int? childId, SamplingOptions options, SystemPaths paths,
        Action<CounterProblem>? problem = null, CancellationToken stop = default)
    {
        var session = new SamplingSession(target, options, paths);
        try
        {
            session.Describe(groups);
            using CounterSlots slots = CounterSlots.Create(target, childId, CounterAggregation.Cpu, paths, problem);
            session.Processes = slots.Processes;
            session.CommandId = childId;
            session.OpenAll(slots.Slots, stop);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>At least one event is open somewhere: there was a target.</summary>
    public bool IsAnyOpen => _rings.Count > 0;

    /// <summary>Begins to report names, forks and mappings, and where no event of its own does that, to sample.</summary>
    public void EnableTracking()
    {
        if (_tracking is null)
            Enable();
        else
            Control(_tracking, PerfIoctl.Enable);
    }

    /// <summary>Begins to sample.</summary>
    public void Enable() => ControlAll(PerfIoctl.Enable);

    public void Disable() => ControlAll(PerfIoctl.Disable);

    /// <summary>Stops (or lets go on) the writing into a ring that is overwritten; what comes meanwhile is lost, and counted.</summary>
    public static void Pause(PerfRing ring, bool pause) => ring.Owner.Control(PerfIoctl.PauseOutput, pause ? 1 : 0);

    /// <summary>Hands out what the kernel has written, ring by ring in its order, and gives it the room back.</summary>
    public void ReadRecords(RecordHandler handler)
    {
        foreach (PerfRing ring in _rings)
        {
            ulong head = ring.Head;
            for (ulong at = ring.Tail; at < head;)
            {
                (_, int size) = ring.Header(at);
                if (size < PerfRing.HeaderSize || at + (ulong)size > head)
                    break; // no chain of records: the rest is given up
                handler(ring.Cpu, ring.Record(at, size));
                at += (ulong)size;
            }
            ring.Tail = head;
        }
    }

    /// <summary>The samples that found no room, as the kernel counts them for each event (Linux 6.0); null where it does not.</summary>
    /// <remarks>What threads and children that started later have lost is in records alone.</remarks>
    public long? CountLost()
    {
        const int Each = 3; // value, id, lost
        long sum = 0;
        bool isTold = false;
        foreach (SampledEvent e in _events.Where(static e => (e.Attributes.ReadFormat & PerfReadFormat.Lost) != 0))
        {
            // A group that is read as one tells of all, behind how many they are.
            bool isGroup = (e.Attributes.ReadFormat & PerfReadFormat.Group) != 0;
            if (isGroup && e.Leader is not null)
                continue;
            var values = new ulong[isGroup ? 1 + (Each * (1 + _events.Count(m => m.Leader == e))) : Each];
            foreach (FileDescriptor descriptor in e.Descriptors)
            {
                if (descriptor.Read(MemoryMarshal.AsBytes(values.AsSpan())) != values.Length * sizeof(ulong))
                    continue;
                isTold = true;
                for (int at = isGroup ? Each : Each - 1; at < values.Length; at += Each)
                    sum += (long)values[at];
            }
        }
        return isTold ? sum : null;
    }

    public void Dispose()
    {
        foreach (PerfRing ring in _rings.Concat(_snapshotRings))
            ring.Dispose();
        FileDescriptor[] descriptors = [.. _events.SelectMany(static e => e.Descriptors)];
        _rings.Clear();
        _snapshotRings.Clear();
        bool hasTracepoint = _events.Any(static e => e.Source?.Kind == PerfEventKind.Tracepoint);
        _events.Clear();
        if (hasTracepoint)
        {
            BackgroundClose.Close(descriptors); // they are stopped already
            return;
        }
        foreach (FileDescriptor descriptor in descriptors)
            descriptor.Dispose();
    }

    private void Describe(IReadOnlyList<PerfEventGroup> groups)
    {
        // Without an event of its own the first one tracks. It can not where it is not sampled from the begin, where it sees a control group alone, or
        // where the kernel overwrites its ring.
        bool hasTracking = IsSystemWide || _options.IsDelayed || _options.Overwrite;
        int count = groups.Sum(static g => g.Events.Count) + (hasTracking ? 1 : 0);
        var attributes = new SampleAttributes(_options, BufferSize, IsSystemWide, hasSeveral: count > 1);
        foreach (PerfEventGroup group in groups)
        {
            SampledEvent? leader = null;
            foreach (PerfEvent e in group.Events)
            {
                if (!e.HasAttributes)
                    throw new NotSupportedException($"{e.Name} is measured by PerfTrace itself and can not be sampled; Get-PerfCounter counts it.");
                var sampled = new SampledEvent(e, e.Name)
                {
                    Leader = leader,
                    GroupName = group is { IsBraced: true, Events.Count: > 1 } && leader is null ? group.Name ?? "" : null,
                    Attributes = attributes.For(e, tracks: !hasTracking && _events.Count == 0),
                };
                if (group.Events.Count > 1 && e.ReadsGroupOnSample)
                    SampleAttributes.ReadWithLeader(ref sampled.Attributes, leader?.Attributes);
                if (group.IsBraced)
                    leader ??= sampled;
                // Members follow their leader.
                sampled.Attributes.Set(PerfEventFlags.Disabled, sampled.Leader is null);
                _events.Add(sampled);
            }
        }
        if (hasTracking)
        {
            _tracking = new SampledEvent(null, "dummy:HG") { Attributes = attributes.ForTracking() };
            _events.Add(_tracking);
        }
        if (_target is not CounterTarget.Command)
            return;
        foreach (SampledEvent e in _events)
            e.Attributes.Set(PerfEventFlags.EnableOnExec, e.Leader is null && (e == _tracking || !_options.IsDelayed));
    }

    private void OpenAll(IReadOnlyList<CounterSlot> slots, CancellationToken stop)
    {
        var opener = new SampleOpener(_paths, _events);
        var leaders = new Dictionary<SampledEvent, FileDescriptor>();
        // What tracks a control group's CPUs is opened once for each CPU.
        var tracked = new HashSet<int>();
        foreach (CounterSlot slot in slots)
        {
            leaders.Clear();
            foreach (SampledEvent e in _events)
            {
                stop.ThrowIfCancellationRequested();
                bool isTracking = e == _tracking;
                if (e.Source?.CoreCpus?.Contains(slot.Cpu) == false || (isTracking && IsSystemWide && !tracked.Add(slot.Cpu)))
                    continue;
                CounterSlot place = isTracking && slot.IsCGroup ? new CounterSlot(-1, slot.Cpu, IsCGroup: false, slot.Row) : slot;
                FileDescriptor? fd = opener.Open(e, place, e.Leader is { } leader ? leaders.GetValueOrDefault(leader) : null);
                if (fd is null)
                    break; // the thread has ended
                ulong id = 0;
                try
                {
                    id = IdOf(fd);
                    leaders[e] = fd;
                    AddToRing(fd, slot.Cpu, _options.Overwrite && !isTracking);
                }
                catch
                {
                    fd.Dispose();
                    throw;
                }
                e.Add(fd, id);
            }
        }
        Restricted = opener.Restricted;
        // A thread that ended while it was opened leaves a ring without events behind only when nothing else is there.
        if (!_events.Any(e => e != _tracking && e.Descriptors.Count > 0))
        {
            foreach (PerfRing ring in _rings.Concat(_snapshotRings))
                ring.Dispose();
            _rings.Clear();
            _snapshotRings.Clear();
        }
    }

    private void AddToRing(FileDescriptor fd, int cpu, bool overwrite)
    {
        List<PerfRing> rings = overwrite ? _snapshotRings : _rings;
        if (rings.Find(r => r.Cpu == cpu) is { } ring)
            fd.Control(PerfIoctl.SetOutput, ring.Owner.Number);
        else
            rings.Add(Map(fd, cpu, overwrite));
    }

    private PerfRing Map(FileDescriptor fd, int cpu, bool overwrite)
    {
        try
        {
            return new PerfRing(fd, cpu, BufferSize, overwrite);
        }
        catch (KernelException e) when (e.Errno == Errno.EPERM)
        {
            throw KernelException.Create(Errno.EPERM, "mmap", $"a ring buffer of {BufferSize / 1024} KiB",
                "Make -BufferSize smaller, raise kernel.perf_event_mlock_kb, or run with CAP_IPC_LOCK.");
        }
    }

    // A user without privileges has so much for each CPU, its control page included (perf_mmap in kernel/events/core.c).
    private static int DefaultSize(SystemPaths paths, bool hasTwo)
    {
        const int Ordinary = 4 << 20;
        if (ProcessFacts.HasCapability(paths, Capability.IpcLock) || Sysctl.PerfEventParanoid(paths) < 0 || Sysctl.PerfEventMlockKilobytes(paths) is not { } kilobytes)
            return Ordinary;
        long room = (kilobytes * 1024L / (hasTwo ? 2 : 1)) - Environment.SystemPageSize;
        return (int)Math.Min(Ordinary, BitOperations.RoundUpToPowerOf2((ulong)Math.Max(Environment.SystemPageSize, (room / 2) + 1)));
    }

    private static unsafe ulong IdOf(FileDescriptor fd)
    {
        ulong id;
        fd.Control(PerfIoctl.GetId, (nint)(&id));
        return id;
    }

    private void ControlAll(nuint request)
    {
        foreach (SampledEvent e in _events)
            Control(e, request);
    }

    // A group is switched by its leader.
    private static void Control(SampledEvent e, nuint request)
    {
        if (e.Leader is not null)
            return;
        foreach (FileDescriptor descriptor in e.Descriptors)
            descriptor.Control(request, e.GroupName is null ? 0 : PerfIoctl.WholeGroup);
    }
}
