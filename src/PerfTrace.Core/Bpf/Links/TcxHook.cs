using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Packets of an interface at its traffic control, coming in or going out (Linux 6.6).</summary>
/// <param name="Interface">The interface.</param>
/// <param name="IsEgress">Those that go out.</param>
public sealed record TcxHook(string Interface, bool IsEgress) : InterfaceHook(Interface)
{
    public override string Kind => "an interface (TCX)";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.SchedulerClassifier];

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie) =>
        [Create(program, IsEgress ? BpfAttachType.TcxEgress : BpfAttachType.TcxIngress, 0, 32)];

    public override string ToString() => $"TCX {(IsEgress ? "egress" : "ingress")} of {Interface}";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EINVAL or Errno.EOPNOTSUPP => "Links at traffic control take Linux 6.6 (CONFIG_NET_XGRESS).",
        Errno.EEXIST => "The program is there already.",
        _ => null,
    };
}
