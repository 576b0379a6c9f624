using PerfTrace.Interop;
using PerfTrace.Kernel;

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

    /// <summary>Has the program of a link go through all that it iterates over.</summary>
    /// <param name="link">What <see cref="Attach"/> gave.</param>
    /// <param name="stop">Ends it, between two parts of what it writes or a million of what it goes through.</param>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal static unsafe void Run(FileDescriptor link, CancellationToken stop)
    {
        // union bpf_attr { struct { __u32 link_fd; __u32 flags; } iter_create; … }
        ulong attributes = (uint)link.Number;
        Errno errno = BpfCalls.Try(BpfCommand.IteratorCreate, &attributes, sizeof(ulong), out int descriptor);
        if (errno != Errno.None)
            throw BpfCalls.Error(errno, BpfCommand.IteratorCreate, "iterator", null);
        using var iterator = new FileDescriptor(descriptor);
        byte[] text = new byte[64 << 10];
        // 0: all are through. EAGAIN: a program that writes nothing was through with a million of them (MAX_ITER_OBJECTS in kernel/bpf/bpf_iter.c), and there are more.
        while (iterator.ReadAvailable(text) != 0)
            stop.ThrowIfCancellationRequested();
    }

    public override string ToString() => "iterator";

    private protected override string? Advise(Errno errno) => errno == Errno.EINVAL ? "The program is no iterator, or one over a map's entries, which wants the map." : null;
}
