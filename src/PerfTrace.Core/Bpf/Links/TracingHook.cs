using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>
/// The function of the kernel or of a program that a tracing, lsm or ext program was loaded for: fentry, fexit, fmod_ret, tp_btf, lsm, freplace. All CPUs and processes.
/// </summary>
/// <param name="Function">The function's name, for messages.</param>
public sealed record TracingHook(string Function = "") : BpfHook
{
    public override string Kind => "the function of the kernel that it was loaded for (fentry, fexit, tp_btf, lsm)";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.Tracing, BpfProgramType.Lsm, BpfProgramType.Extension];

    internal override unsafe IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        if (cookie == 0)
        {
            // Without a name it stands for the place in the program itself, on every kernel that has such programs.
            ulong* attributes = stackalloc ulong[2];
            attributes[0] = 0;
            attributes[1] = (uint)program.Number;
            Errno errno = BpfCalls.Try(BpfCommand.RawTracepointOpen, attributes, 12, out int descriptor);
            return errno == Errno.None ? [new FileDescriptor(descriptor)] : throw Error(errno);
        }
        // The kernel wants the attach type that the program was loaded with, and does not tell it.
        Errno last = Errno.EINVAL;
        foreach (BpfAttachType attachType in (ReadOnlySpan<BpfAttachType>)
            [BpfAttachType.TraceFEntry, BpfAttachType.TraceFExit, BpfAttachType.ModifyReturn, BpfAttachType.TraceRawTracepoint, BpfAttachType.LsmMac])
        {
            var attributes = new BpfLinkAttributes { Program = program.Number, AttachType = attachType, TracingCookie = cookie };
            last = BpfCalls.Try(BpfCommand.LinkCreate, &attributes, 32, out int descriptor);
            if (last == Errno.None)
                return [new FileDescriptor(descriptor)];
            if (last != Errno.EINVAL)
                break;
        }
        throw Error(last);
    }

    public override string ToString() => Function.Length > 0 ? $"function {Function}" : "function";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EBUSY => "Something else is at the function that does not share it (a live patch, an older ftrace user), or the program is attached already.",
        Errno.ENOTSUPP or Errno.EOPNOTSUPP => "This kernel can not attach programs to functions: it was built without function tracing that calls directly "
            + "(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS), or this machine's policy denies it.",
        Errno.E2BIG => "The function has as many programs as it takes (38), or a cookie takes a newer kernel (5.19).",
        Errno.EINVAL => "The program is an iterator or one of a control group, or the kernel is too old for a cookie there.",
        _ => null,
    };
}
