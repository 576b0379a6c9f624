using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Opens sampled events, with less where the kernel or its settings do not give all that was asked for.</summary>
internal sealed class SampleOpener(SystemPaths paths, IReadOnlyList<SampledEvent> events)
{
    private readonly HashSet<SampledEvent> _settled = [];
    private readonly List<string> _restricted = [];

    /// <summary>What is sampled in user space alone, as it was asked for.</summary>
    public IReadOnlyList<string> Restricted => _restricted;

    /// <summary>Null: the thread does not exist (any longer).</summary>
    /// <exception cref="KernelException">The event can not be sampled.</exception>
    public FileDescriptor? Open(SampledEvent e, CounterSlot slot, FileDescriptor? group)
    {
        Errno errno = Call(in e.Attributes, slot, group, out FileDescriptor? fd);
        // What one place has taken, all take: there the first answer stands.
        if (errno is not (Errno.None or Errno.ESRCH) && !_settled.Contains(e))
            errno = OpenWithLess(e, slot, group, errno, out fd);
        switch (errno)
        {
            case Errno.None:
                _settled.Add(e);
                return fd;
            case Errno.ESRCH:
                return null;
            default:
                throw Refused(e, errno, slot);
        }
    }

    private Errno OpenWithLess(SampledEvent e, CounterSlot slot, FileDescriptor? group, Errno errno, out FileDescriptor? fd)
    {
        fd = null;
        if (errno == Errno.EINVAL && _settled.Count == 0)
        {
            // Before Linux 6.0. A file's events must all be read alike.
            foreach (SampledEvent each in events)
                each.Attributes.ReadFormat &= ~PerfReadFormat.Lost;
            errno = Call(in e.Attributes, slot, group, out fd);
            if (errno == Errno.EINVAL)
            {
                foreach (SampledEvent each in events)
                    each.Attributes.ReadFormat |= PerfReadFormat.Lost;
            }
        }
        if (e.Source is { IsPreciseMaximum: true })
        {
            // P: as precise as the PMU can. What it can, it tells by what it takes.
            PerfEventAttr relaxed = e.Attributes;
            while (errno is Errno.EINVAL or Errno.EOPNOTSUPP or Errno.ENOENT && relaxed.PreciseIp > 0)
            {
                relaxed.PreciseIp--;
                errno = Call(in relaxed, slot, group, out fd);
            }
            e.Attributes = relaxed;
        }
        if (errno is Errno.EINVAL or Errno.EOPNOTSUPP && e.Attributes.Has(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost))
        {
            PerfEventAttr relaxed = e.Attributes;
            relaxed.Set(PerfEventFlags.ExcludeGuest | PerfEventFlags.ExcludeHost, false);
            Errno second = Call(in relaxed, slot, group, out fd);
            if (second == Errno.None)
                e.Attributes = relaxed;
            if (second is not (Errno.EINVAL or Errno.EOPNOTSUPP))
                errno = second;
        }
        if (errno is Errno.EACCES or Errno.EPERM && e.Source is { Kind: not PerfEventKind.Tracepoint }
            && !e.Attributes.Has(PerfEventFlags.ExcludeKernel) && !e.Attributes.Has(PerfEventFlags.ExcludeUser))
        {
            PerfEventAttr user = e.Attributes;
            user.Set(PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor, true);
            Errno second = Call(in user, slot, group, out fd);
            if (second == Errno.None)
            {
                _restricted.Add(e.Name);
                e.RestrictToUser();
            }
            if (second is not (Errno.EACCES or Errno.EPERM))
                errno = second;
        }
        return errno;
    }

    private Exception Refused(SampledEvent e, Errno errno, CounterSlot slot)
    {
        bool samplesKernel = !e.Attributes.Has(PerfEventFlags.ExcludeKernel);
        PerfEventKind kind = e.Source?.Kind ?? PerfEventKind.Software;
        bool isHardware = kind is PerfEventKind.Hardware or PerfEventKind.HardwareCache or PerfEventKind.Raw or PerfEventKind.Vendor;
        return errno switch
        {
            Errno.EACCES or Errno.EPERM or Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.EBUSY =>
                PerfAdvice.ToException(errno, e.Name, paths, slot.Pid == -1 || slot.IsCGroup, samplesKernel, kind),
            _ when (e.Attributes.SampleType & PerfSampleFormat.BranchStack) != 0 => KernelException.Create(errno, "perf_event_open", e.Name,
                "The call stack of the processor's last branch records needs an event of a PMU that has them; -CallStack FramePointer and Dwarf need none."),
            Errno.ENOENT or Errno.ENODEV or Errno.EOPNOTSUPP when isHardware => KernelException.Create(errno, "perf_event_open", e.Name,
                "This machine shows no hardware PMU that counts it (a virtual machine without one, perhaps); cpu-clock samples by time: -Event cpu-clock."),
            Errno.EINVAL or Errno.EOPNOTSUPP when kind is PerfEventKind.Pmu or PerfEventKind.PmuTerm or PerfEventKind.Vendor => KernelException.Create(errno, "perf_event_open", e.Name,
                $"The PMU {e.Source?.Pmu} counts, but it may not interrupt: then its events can not be sampled. Get-PerfCounter counts them."),
            _ => PerfAdvice.ToException(errno, e.Name, paths, slot.Pid == -1 || slot.IsCGroup, samplesKernel, kind),
        };
    }

    private static unsafe Errno Call(in PerfEventAttr attributes, CounterSlot slot, FileDescriptor? group, out FileDescriptor? fd)
    {
        PerfOpenFlags flags = PerfOpenFlags.CloseOnExec | (slot.IsCGroup ? PerfOpenFlags.PidCGroup : 0);
        fixed (PerfEventAttr* p = &attributes)
            return SystemCalls.PerfEventOpen(p, slot.Pid, slot.Cpu, (group ?? FileDescriptor.None).Number, (ulong)flags, out fd);
    }
}
