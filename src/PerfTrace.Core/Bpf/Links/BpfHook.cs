using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A place that a program can be attached to: one class for each kind.</summary>
public abstract record BpfHook
{
    private protected BpfHook()
    {
    }

    /// <summary>What messages call the kind, with its article: <c>a tracepoint</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The types of programs that can be attached to it.</summary>
    public abstract IReadOnlyList<BpfProgramType> ProgramTypes { get; }

    /// <summary>The program can read a number of the user's there (bpf_get_attach_cookie).</summary>
    public virtual bool TakesCookie => true;

    /// <summary>Attaches a program. Closing what is returned takes it off; the link holds all else that it needs.</summary>
    /// <param name="program">The program, which stays the caller's.</param>
    /// <param name="cookie">What bpf_get_attach_cookie tells the program; 0 is none.</param>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    internal abstract IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie);

    /// <summary>What it is, for messages: <c>tracepoint sched:sched_switch</c>.</summary>
    public abstract override string ToString();

    /// <summary>What an error of BPF_LINK_CREATE means here; null: what it always means.</summary>
    private protected virtual string? Advise(Errno errno) => null;

    /// <summary>BPF_LINK_CREATE.</summary>
    /// <exception cref="KernelException">Any error.</exception>
    private protected unsafe FileDescriptor Create(in BpfLinkAttributes attributes, uint size)
    {
        fixed (BpfLinkAttributes* place = &attributes)
        {
            Errno errno = BpfCalls.Try(BpfCommand.LinkCreate, place, size, out int descriptor);
            return errno == Errno.None ? new FileDescriptor(descriptor) : throw Error(errno);
        }
    }

    /// <summary>The exception for an error.</summary>
    private protected KernelException Error(Errno errno) => BpfCalls.Error(errno, BpfCommand.LinkCreate, ToString(), Advise(errno));
}
