using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>
/// All counters of a measurement: every event opened at every slot. Owns their descriptors. Single events and the events of a
/// group are read with one read(2) each, a group's at one instant.
/// </summary>
internal sealed class CounterSet : IDisposable
{
    // The kernel takes some 20 ms to close a tracepoint. A probe that was counted can be removed at once, so one or two are waited for.
    private const int FewestInBackground = 3;

    private readonly List<Opened> _opened = [];
    private readonly HashSet<(int Row, int Group, int Cpu)> _uncore = [];
    private readonly List<string> _restricted = [];
    private readonly SystemPaths _paths;
    private readonly Action<CounterProblem>? _problem;

    /// <summary>An opened leader with the members that opened behind it.</summary>
    private sealed class Opened(int row, FileDescriptor leader)
    {
        public readonly int Row = row;
        public readonly FileDescriptor Leader = leader;
        public readonly List<FileDescriptor> Members = [];
        public readonly List<int> Columns = [];
        public CounterReading[] Last = [];
    }

    public CounterSet(IReadOnlyList<PerfEventGroup> groups, SystemPaths paths, Action<CounterProblem>? problem = null)
    {
        _paths = paths;
        _problem = problem;
        var events = new List<CountedEvent>();
        var ranges = new List<(int, int, PerfEventGroup)>();
        foreach (PerfEventGroup group in groups)
        {
            string? name = group.IsBraced ? group.Name ?? string.Join(',', group.Events) : null;
            ranges.Add((events.Count, group.Events.Count, group));
            foreach (PerfEvent e in group.Events)
            {
                var counted = new CountedEvent(e, name);
                events.Add(counted);
                Describe(counted);
            }
        }
        Events = events;
        Groups = ranges;
    }

    public IReadOnlyList<CountedEvent> Events { get; }

    public Action<string>? Verbose { get; init; }

    /// <summary>The events that are counted in user space alone because kernel.perf_event_paranoid forbids more, as they were asked for.</summary>
    public IReadOnlyList<string> Restricted => _restricted;

    /// <summary>At least one event opened somewhere.</summary>
    public bool IsAnyOpen => _opened.Count > 0;

    private IReadOnlyList<(int First, int Count, PerfEventGroup Group)> Groups { get; }

    /// <summary>Opens all events at a slot, disabled.</summary>
    /// <returns>False when the thread does not exist (any longer).</returns>
    /// <exception cref="KernelResourceException">No descriptors or memory left; what was opened stays owned by this set.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before all were open; likewise.</exception>
    public bool Open(CounterSlot slot, bool inherit, bool enableOnExec, CancellationToken stop = default)
    {
        foreach ((int first, int count, PerfEventGroup group) in Groups)
        {
            stop.ThrowIfCancellationRequested();
            if (group.Leader.UncoreCpus is not { } cpus || slot.Pid == -1 || slot.IsCGroup)
            {
                if (!OpenGroup(first, count, group, slot, inherit, enableOnExec))
                    return false;
                continue;
            }
            // An uncore PMU counts for no task: while a task is measured it counts on its own CPUs, once however many threads there are.
            foreach (int cpu in slot.Cpu < 0 ? cpus : cpus.Intersect(new CpuSet([slot.Cpu])))
            {
                if (_uncore.Add((slot.Row, first, cpu)))
                    OpenGroup(first, count, group, slot with { Pid = -1, Cpu = cpu }, inherit, enableOnExec: false);
            }
        }
        return true;
    }

    /// <summary>Starts what no exec enables: the counters of uncore PMUs beside a command.</summary>
    public void EnableUncore()
    {
        foreach (Opened opened in _opened.Where(o => Events[o.Columns[0]].Source.UncoreCpus is not null))
            Control(opened, PerfIoctl.Enable);
    }

    private bool OpenGroup(int first, int count, PerfEventGroup group, CounterSlot slot, bool inherit, bool enableOnExec)
    {
        Opened? opened = null;
        bool apart = count == 1;
        for (int column = first; column < first + count; column++)
        {
            CountedEvent e = Events[column];
            if (!e.IsWanted || !CoversCpu(e.Source, slot.Cpu))
                continue;
            bool isLeader = opened is null || apart;
            Prepare(ref e.Attributes, isLeader, !apart, inherit, enableOnExec);
            Errno errno = OpenEvent(e, slot, isLeader ? FileDescriptor.None : opened!.Leader, out FileDescriptor? fd);
            if (errno == Errno.EINVAL && !isLeader && OpensAlone(e, slot))
            {
                if (group.IsWeak)
                {
                    Verbose?.Invoke($"The group {{{string.Join(',', group.Events)}}} does not fit the PMU: counting its events one by one (modifier W).");
                    apart = true;
                    BreakUp(opened!);
                    opened = null;
                    column = first - 1;
                    continue;
                }
                Fail(e, "GroupDoesNotFit", new EventGroupException(
                    $"The event {e.Name} does not fit into the group {{{string.Join(',', group.Events)}}}: the PMU can not count them all at once. Make the group smaller, or add :W to let it fall apart."));
                continue;
            }
            if (errno == Errno.ESRCH)
                return false;
            if (errno != Errno.None)
            {
                Refuse(e, errno, slot);
                continue;
            }
            e.IsOpen = true;
            if (isLeader)
            {
                opened = new Opened(slot.Row, fd!);
                _opened.Add(opened);
            }
            else
            {
                opened!.Members.Add(fd!);
            }
            opened.Columns.Add(column);
        }
        return true;
    }

    public void Enable() => ControlAll(PerfIoctl.Enable);

    public void Disable() => ControlAll(PerfIoctl.Disable);

    /// <summary>Adds what was counted since the last call to <paramref name="sums"/>, indexed by row and event.</summary>
    /// <param name="sums">One array of readings (an event each) per row.</param>
    /// <param name="scaleEach">Scale each slot's count by itself, as perf does for results below the whole.</param>
    public void ReadInto(CounterReading[][] sums, bool scaleEach)
    {
        Span<ulong> buffer = stackalloc ulong[64];
        foreach (Opened opened in _opened)
        {
            int count = opened.Columns.Count;
            int words = 3 + (2 * count);
            if (words > buffer.Length)
                buffer = new ulong[words];
            int bytes = opened.Leader.Read(MemoryMarshal.AsBytes(buffer[..words]));
            if (bytes == 0)
                continue; // a pinned event that could not stay on the PMU reads as its end: not counted
            if (opened.Last.Length != count)
                Array.Resize(ref opened.Last, count);
            bool isGroup = (Events[opened.Columns[0]].Attributes.ReadFormat & PerfReadFormat.Group) != 0;
            for (int i = 0; i < count; i++)
            {
                // Single: value, enabled, running. Group: nr, enabled, running, then value and id for each (read_format in perf_event_open(2)).
                CounterReading now = isGroup ? new(buffer[3 + (2 * i)], buffer[1], buffer[2]) : new(buffer[0], buffer[1], buffer[2]);
                CounterReading delta = now - opened.Last[i];
                opened.Last[i] = now;
                if (scaleEach)
                    delta = delta with { Value = delta.Scaled };
                sums[opened.Row][opened.Columns[i]] += delta;
            }
        }
    }

    public void Dispose()
    {
        if (Events.Count(static e => e.Source.Kind == PerfEventKind.Tracepoint) < FewestInBackground)
        {
            foreach (Opened opened in _opened)
                Close(opened);
        }
        else
        {
            // Members before their leader, which would else become leaders for a moment.
            BackgroundClose.Close([.. _opened.SelectMany(static o => o.Members.Append(o.Leader))]);
        }
        _opened.Clear();
    }

    internal static void Prepare(ref PerfEventAttr attributes, bool isLeader, bool isGroup, bool inherit, bool enableOnExec)
    {
        attributes.ReadFormat = PerfReadFormat.TotalTimeEnabled | PerfReadFormat.TotalTimeRunning;
        if (isGroup)
            attributes.ReadFormat |= PerfReadFormat.Id | PerfReadFormat.Group;
        attributes.Set(PerfEventFlags.Inherit, inherit);
        // Members follow their leader: only it starts disabled and is enabled.
        attributes.Set(PerfEventFlags.Disabled, isLeader);
        attributes.Set(PerfEventFlags.EnableOnExec, isLeader && enableOnExec);
    }

    // A tracepoint's id is a file that may be gone or forbidden by now.
    private void Describe(CountedEvent e)
    {
        try
        {
            e.ReadAttributes();
        }
        catch (KernelException exception)
        {
            Fail(e, exception is KernelAccessException ? "AccessDenied" : "EventGone", exception);
        }
    }

    private static bool CoversCpu(PerfEvent e, int cpu) =>
        cpu < 0 || ((e.UncoreCpus?.Contains(cpu) ?? true) && (e.CoreCpus?.Contains(cpu) ?? true));

    private Errno OpenEvent(CountedEvent e, CounterSlot slot, FileDescriptor group, out FileDescriptor? fd)
    {
        Errno errno = Call(in e.Attributes, slot, group, out fd);
        if (errno == Errno.EINVAL && e.Attributes.Has(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost))
        {
            // PMUs that can not tell guests apart (msr, uncore) refuse the default exclusion of guests.
            PerfEventAttr relaxed = e.Attributes;
            relaxed.Set(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost, false);
            errno = Call(in relaxed, slot, group, out fd);
            if (errno == Errno.None)
                e.Attributes = relaxed;
            else if (errno != Errno.EACCES)
                errno = Errno.EINVAL;
        }
        if (errno is Errno.EACCES or Errno.EPERM && CanRestrictToUser(e))
        {
            PerfEventAttr user = e.Attributes;
            user.Set(PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor, true);
            Errno second = Call(in user, slot, group, out fd);
            if (second == Errno.None)
            {
                errno = second;
                _restricted.Add(e.Name);
                e.RestrictToUser();
            }
            else if (second is not (Errno.EACCES or Errno.EPERM))
            {
                errno = second; // the kernel looks at rights first: what it lacks it says only now
            }
        }
        return errno;
    }

    private static bool CanRestrictToUser(CountedEvent e) =>
        e.Source.Kind != PerfEventKind.Tracepoint
        && !e.Attributes.Has(PerfEventFlags.ExcludeKernel) && !e.Attributes.Has(PerfEventFlags.ExcludeUser);

    private static unsafe Errno Call(in PerfEventAttr attributes, CounterSlot slot, FileDescriptor group, out FileDescriptor? fd)
    {
        PerfOpenFlags flags = PerfOpenFlags.CloseOnExec | (slot.IsCGroup ? PerfOpenFlags.PidCGroup : 0);
        fixed (PerfEventAttr* p = &attributes)
            return SystemCalls.PerfEventOpen(p, slot.Pid, slot.Cpu, group.Number, (ulong)flags, out fd);
    }

    private static bool OpensAlone(CountedEvent e, CounterSlot slot)
    {
        PerfEventAttr alone = e.Attributes;
        Prepare(ref alone, isLeader: true, isGroup: false, alone.Has(PerfEventFlags.Inherit), enableOnExec: false);
        Errno errno = Call(in alone, slot, FileDescriptor.None, out FileDescriptor? fd);
        fd?.Dispose();
        return errno == Errno.None;
    }

    private void Refuse(CountedEvent e, Errno errno, CounterSlot slot)
    {
        switch (errno)
        {
            case Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM:
                throw KernelException.Create(errno, "perf_event_open", e.Name);
            case Errno.EACCES or Errno.EPERM:
                Fail(e, "AccessDenied", PerfAdvice.ToException(errno, e.Name, _paths, slot.Pid == -1 || slot.IsCGroup, !e.Attributes.Has(PerfEventFlags.ExcludeKernel), e.Source.Kind, isSampled: false));
                break;
            case Errno.EBUSY or Errno.ENOSPC:
                Fail(e, "PmuBusy", PerfAdvice.ToException(errno, e.Name, _paths, slot.Pid == -1, !e.Attributes.Has(PerfEventFlags.ExcludeKernel), e.Source.Kind, isSampled: false));
                break;
            default:
                // ENOENT, EOPNOTSUPP, ENODEV, ENXIO, EINVAL, E2BIG: this machine or kernel does not have it.
                e.Refusal = errno;
                Verbose?.Invoke($"perf_event_open {e.Name}: {KernelException.TextOf(errno)} ({errno}): not supported here.");
                break;
        }
    }

    private void Fail(CountedEvent e, string id, Exception cause)
    {
        e.IsFaulty = true;
        _problem?.Invoke(new CounterProblem(id, e.Source, cause));
    }

    private void BreakUp(Opened opened)
    {
        Close(opened);
        _opened.Remove(opened);
    }

    private static void Close(Opened opened)
    {
        foreach (FileDescriptor member in opened.Members)
            member.Dispose();
        opened.Leader.Dispose();
    }

    private void ControlAll(nuint request)
    {
        foreach (Opened opened in _opened)
            Control(opened, request);
    }

    private static void Control(Opened opened, nuint request) =>
        opened.Leader.Control(request, opened.Members.Count > 0 ? PerfIoctl.WholeGroup : 0);
}
