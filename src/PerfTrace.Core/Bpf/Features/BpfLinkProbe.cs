using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// Which kinds of links the kernel makes. Each is asked for with a target that can not be, so that nothing is ever attached: a kernel that knows the kind looks for the target
/// and says that it is not there, one that does not know it says that the call is wrong.
/// </summary>
internal static unsafe class BpfLinkProbe
{
    // The kind, a program that is made for it, and what a kernel that has it says to descriptor or interface -1, or to a place in memory that is none.
    private static readonly (BpfLinkType Type, BpfProgramType Program, BpfAttachType Attach, Errno[] Answers)[] Kinds =
    [
        (BpfLinkType.CGroup, BpfProgramType.CGroupSkb, BpfAttachType.CGroupInetIngress, [Errno.EBADF]),
        (BpfLinkType.NetNamespace, BpfProgramType.SkLookup, BpfAttachType.SkLookup, [Errno.EBADF]),
        (BpfLinkType.PerfEvent, BpfProgramType.PerfEvent, BpfAttachType.PerfEvent, [Errno.EBADF]),
        (BpfLinkType.KProbeMulti, BpfProgramType.KProbe, BpfAttachType.TraceKProbeMulti, [Errno.EFAULT]),
        (BpfLinkType.UProbeMulti, BpfProgramType.KProbe, BpfAttachType.TraceUProbeMulti, [Errno.EFAULT]),
        (BpfLinkType.NetFilter, BpfProgramType.NetFilter, BpfAttachType.NetFilter, [Errno.EAFNOSUPPORT]),
        (BpfLinkType.Tcx, BpfProgramType.SchedulerClassifier, BpfAttachType.TcxIngress, [Errno.ENODEV]),
        (BpfLinkType.NetKit, BpfProgramType.SchedulerClassifier, BpfAttachType.NetKitPrimary, [Errno.ENODEV]),
    ];

    public static IEnumerable<BpfFeature> LinkTypes()
    {
        foreach ((BpfLinkType type, BpfProgramType program, BpfAttachType attach, Errno[] answers) in Kinds)
        {
            using FileDescriptor? loaded = BpfTrial.TryKeep(program, attach);
            Errno errno = loaded is null ? Errno.EINVAL : Try(loaded, attach, type);
            bool isThere = answers.Contains(errno);
            yield return new BpfFeature(BpfFeatureKind.LinkType, BpfNames.Of(type), errno == Errno.EPERM ? null : isThere)
            {
                Reason = isThere ? null : loaded is null ? $"No {BpfNames.Of(program)} program for it can be loaded." : $"{KernelException.TextOf(errno)} ({errno})",
            };
        }
    }

    /// <summary>The kernel makes links of a kind, and this process may.</summary>
    public static bool Has(BpfLinkType type)
    {
        (_, BpfProgramType program, BpfAttachType attach, Errno[] answers) = Kinds.First(k => k.Type == type);
        using FileDescriptor? loaded = BpfTrial.TryKeep(program, attach);
        return loaded is not null && answers.Contains(Try(loaded, attach, type));
    }

    /// <summary>The kernel takes programs for a kind of links, and does not make them.</summary>
    public static bool Lacks(BpfLinkType type)
    {
        (_, BpfProgramType program, BpfAttachType attach, Errno[] answers) = Kinds.First(k => k.Type == type);
        using FileDescriptor? loaded = BpfTrial.TryKeep(program, attach);
        return loaded is not null && Try(loaded, attach, type) is not (Errno.EPERM or Errno.EACCES) and var answer && !answers.Contains(answer);
    }

    private static Errno Try(FileDescriptor program, BpfAttachType attach, BpfLinkType type)
    {
        // struct { __u32 prog_fd, target_fd or target_ifindex, attach_type, flags; union { ... }; } of union bpf_attr
        ulong* attributes = stackalloc ulong[8];
        new Span<ulong>(attributes, 8).Clear();
        attributes[0] = (uint)program.Number | (0xffffffffUL << 32);
        attributes[1] = (uint)attach;
        switch (type)
        {
            case BpfLinkType.KProbeMulti:
                // { __u32 flags, cnt; __aligned_u64 syms, addrs, cookies; }: one function, whose name is where nothing can be
                attributes[0] = (uint)program.Number;
                attributes[2] = 1UL << 32;
                attributes[3] = ulong.MaxValue - 4095;
                break;
            case BpfLinkType.UProbeMulti:
                // { __aligned_u64 path, offsets, ref_ctr_offsets, cookies; __u32 cnt, flags, pid; }
                attributes[0] = (uint)program.Number;
                attributes[2] = attributes[3] = ulong.MaxValue - 4095;
                attributes[6] = 1;
                break;
            case BpfLinkType.NetFilter:
                attributes[0] = (uint)program.Number;
                attributes[2] = 0xff; // { __u32 pf, hooknum; ... }: a family of protocols that is none
                break;
        }
        Errno errno = BpfCalls.Try(BpfCommand.LinkCreate, attributes, 64, out int descriptor);
        if (errno == Errno.None)
            new FileDescriptor(descriptor).Dispose();
        return errno;
    }
}
