using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Things of the kernel that an iterator program goes through when its link is read (Linux 5.8): tasks, maps, sockets; whatever it was loaded for.</summary>
/// <param name="Map">For iterators over a map's entries; null for the others.</param>
public sealed record IteratorHook(FileDescriptor? Map = null) : BpfHook
{
    public override string Kind => "an iterator";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.Tracing];

    public override bool TakesCookie => false;

    internal override unsafe IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        // union bpf_iter_link_info { struct { __u32 map_fd; } map; … }
        uint map = (uint)(Map?.Number ?? 0);
        return
        [
            Create(new BpfLinkAttributes
            {
                Program = program.Number,
                AttachType = BpfAttachType.TraceIterator,
                IteratorInfo = Map is null ? 0 : (ulong)&map,
                IteratorInfoLength = Map is null ? 0u : sizeof(uint),
            }, 32),
        ];
    }

    public override string ToString() => "iterator";

    private protected override string? Advise(Errno errno) => errno == Errno.EINVAL ? "The program is no iterator, or one over a map's entries, which wants the map." : null;
}
