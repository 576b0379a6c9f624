using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Attaches programs, takes them off and exchanges them.</summary>
public static unsafe class BpfLinker
{
    private const uint Replace = 4; // BPF_F_REPLACE: only if the old program is the one that is named

    /// <summary>Attaches a program to a hook. Disposing of the links takes it off.</summary>
    /// <param name="program">The program.</param>
    /// <param name="hook">Where to.</param>
    /// <param name="cookie">What bpf_get_attach_cookie tells the program; null: nothing.</param>
    /// <returns>One link; several for a hook that has one on each CPU or of several places.</returns>
    /// <exception cref="BpfHookException">Programs of its type do not go there, or it takes no cookie.</exception>
    /// <exception cref="KernelException">The kernel refuses; nothing is attached then.</exception>
    public static IReadOnlyList<BpfLink> Attach(BpfProgram program, BpfHook hook, ulong? cookie = null)
    {
        if (!hook.ProgramTypes.Contains(program.Type))
            throw new BpfHookException(program, hook);
        if (cookie is not null && !hook.TakesCookie)
            throw new BpfHookException(program, $"Programs at {hook.Kind} get no cookie.");
        using FileDescriptor descriptor = program.Open();
        IReadOnlyList<FileDescriptor> made = hook.Attach(descriptor, cookie ?? 0);
        var links = new List<BpfLink>(made.Count);
        try
        {
            foreach (FileDescriptor link in made)
                links.Add(BpfLink.FromDescriptor(link));
            return links;
        }
        catch
        {
            foreach (FileDescriptor link in made)
                link.Dispose();
            throw;
        }
    }

    /// <summary>BPF_LINK_DETACH (Linux 5.9): takes the program off whoever holds the link, which stays without effect.</summary>
    /// <exception cref="KernelException">EOPNOTSUPP: links of its type can only be released by those who hold them.</exception>
    public static void Detach(BpfLink link)
    {
        using FileDescriptor descriptor = link.Open();
        uint number = (uint)descriptor.Number;
        Errno errno = BpfCalls.Try(BpfCommand.LinkDetach, &number, sizeof(uint), out _);
        if (errno != Errno.None)
        {
            throw BpfCalls.Error(errno, BpfCommand.LinkDetach, link.ToString(), errno == Errno.EOPNOTSUPP
                ? $"The kernel takes {BpfNames.Of(link.Type)} links off only when nothing holds them any more: end the processes that do, and remove the pins (Get-BpfLink shows both)."
                : null);
        }
    }

    /// <summary>BPF_LINK_UPDATE (Linux 5.7): another program at the same place, without a gap.</summary>
    /// <param name="link">The link.</param>
    /// <param name="program">The program that comes.</param>
    /// <param name="old">The program that must be there; null: any.</param>
    /// <exception cref="KernelException">EPERM: another one is there; EINVAL: the programs are not alike, or links of this type keep theirs.</exception>
    public static void Update(BpfLink link, BpfProgram program, BpfProgram? old)
    {
        using FileDescriptor linkDescriptor = link.Open(), programDescriptor = program.Open();
        using FileDescriptor? oldDescriptor = old?.Open();
        // struct { __u32 link_fd; __u32 new_prog_fd; __u32 flags; __u32 old_prog_fd; } of union bpf_attr
        uint* attributes = stackalloc uint[4];
        attributes[0] = (uint)linkDescriptor.Number;
        attributes[1] = (uint)programDescriptor.Number;
        attributes[2] = old is null ? 0 : Replace;
        attributes[3] = (uint)(oldDescriptor?.Number ?? 0);
        Errno errno = BpfCalls.Try(BpfCommand.LinkUpdate, attributes, 16, out _);
        if (errno == Errno.None)
            return;
        throw BpfCalls.Error(errno, BpfCommand.LinkUpdate, link.ToString(), errno switch
        {
            Errno.EPERM when old is not null => $"The program {old.Id} is not the one that is there: that is {BpfLink.Read(link.Id)?.ProgramId ?? link.ProgramId}.",
            Errno.EINVAL or Errno.EOPNOTSUPP when !IsExchangeable(link.Type) =>
                $"Programs of {BpfNames.Of(link.Type)} links can not be exchanged: make a new link and remove the old one.",
            Errno.EINVAL or Errno.EACCES => "The new program must be of the type, and loaded for the place, of the old one.",
            Errno.ENOLINK => "The link has no effect any more: its interface or control group is gone, or it was detached.",
            _ => null,
        });
    }

    // Those that have update_prog or update_map in their struct bpf_link_ops.
    private static bool IsExchangeable(BpfLinkType type) => type is BpfLinkType.CGroup or BpfLinkType.Xdp or BpfLinkType.Tcx or BpfLinkType.NetKit
        or BpfLinkType.NetNamespace or BpfLinkType.StructOps or BpfLinkType.Iterator or BpfLinkType.SockMap;
}
