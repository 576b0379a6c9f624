using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Packets as they come in by an interface, before the kernel's network has them (Linux 5.9 as a link).</summary>
/// <param name="Interface">The interface.</param>
/// <param name="Mode">Who runs the program.</param>
public sealed record XdpHook(string Interface, BpfXdpMode Mode) : InterfaceHook(Interface)
{
    public override string Kind => "an interface (XDP)";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.Xdp];

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie) =>
        [Create(program, BpfAttachType.Xdp, (uint)Mode, BpfLinkAttributes.ShortSize)];

    public override string ToString() => $"XDP of {Interface}";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EBUSY or Errno.EEXIST => "The interface has an XDP program already (ip link show), and takes one alone: Update-BpfLink exchanges the program of its link.",
        Errno.EOPNOTSUPP => "The interface's driver has no XDP of its own: -XdpMode Generic lets the kernel run the program.",
        Errno.EINVAL => "The packets of the interface may be larger than XDP takes (its MTU, large receive offload), or the program is for a map.",
        _ => null,
    };
}
