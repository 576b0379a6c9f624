using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>A raw tracepoint: the program gets the arguments that the kernel hands to the tracepoint (Linux 4.17). All CPUs and processes.</summary>
/// <param name="Name">Its name, without a system.</param>
public sealed record RawTracepointHook(string Name) : BpfHook
{
    public override string Kind => "a raw tracepoint";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.RawTracepoint, BpfProgramType.RawTracepointWritable];

    internal override unsafe IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        nint name = Marshal.StringToCoTaskMemUTF8(Name);
        try
        {
            return [Open(program, name, cookie)];
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    public override string ToString() => $"raw tracepoint {Name}";

    private unsafe FileDescriptor Open(FileDescriptor program, nint name, ulong cookie)
    {
        // struct { __u64 name; __u32 prog_fd; __u32 :32; __aligned_u64 cookie; } of union bpf_attr; the cookie since Linux 6.10
        ulong* attributes = stackalloc ulong[3];
        attributes[0] = (ulong)name;
        attributes[1] = (uint)program.Number;
        attributes[2] = cookie;
        Errno errno = BpfCalls.Try(BpfCommand.RawTracepointOpen, attributes, cookie == 0 ? 12u : 24u, out int descriptor);
        return errno switch
        {
            Errno.None => new FileDescriptor(descriptor),
            Errno.ENOENT => throw NotFound(),
            _ => throw BpfCalls.Error(errno, BpfCommand.RawTracepointOpen, ToString(), errno switch
            {
                Errno.E2BIG => "A cookie for a raw tracepoint takes Linux 6.10.",
                Errno.EINVAL => "The program reads more arguments than the tracepoint has, or writes to one that is not writable.",
                _ => null,
            }),
        };
    }

    // The kernel has no list of them: those of tracefs have the same names, and more (each system call by its own).
    private TracepointNotFoundException NotFound()
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        string name = Name[(Name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return new TracepointNotFoundException(Name, NearestNames.Find(name, TracepointCatalogue.List(directory).Select(static t => t.Name)));
    }
}
