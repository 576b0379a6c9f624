using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Tries bpf(2): loads programs, maps and types, looks whether the kernel takes them, and gives them back at once.</summary>
internal static unsafe class BpfTrial
{
    private const int LogSize = 4096;

    /// <summary>What came of a trial.</summary>
    /// <param name="Errno">The error; none where it worked.</param>
    /// <param name="Log">What the verifier said; its beginning.</param>
    public readonly record struct Outcome(Errno Errno, string Log)
    {
        public bool IsTaken => Errno == Errno.None;

        public string? Reason => IsTaken ? null : Log.TrimEnd().Split('\n')[^1] is { Length: > 0 } last && !last.StartsWith("processed ", StringComparison.Ordinal) ? last : $"{KernelException.TextOf(Errno)} ({Errno})";
    }

    /// <summary>r0 = 0; exit.</summary>
    public static ulong[] Nothing { get; } = [Move(0, 0), Exit];

    public static ulong Exit => 0x95;

    /// <summary>An instruction as the kernel has it: struct bpf_insn of <c>include/uapi/linux/bpf.h</c>.</summary>
    public static ulong Instruction(byte code, int destination, int source, short offset, int immediate) =>
        code | ((ulong)destination << 8) | ((ulong)source << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)immediate << 32);

    /// <summary>rD = number.</summary>
    public static ulong Move(int destination, int number) => Instruction(0xb7, destination, 0, 0, number);

    /// <summary>Gives a program to the verifier.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="instructions">What it does.</param>
    /// <param name="attachType">For kinds that have several.</param>
    /// <param name="attachTypeId">The type that it is for; 0: none.</param>
    /// <param name="flags">BPF_F_*.</param>
    /// <param name="withLog">Say why not.</param>
    /// <param name="logIsEnd">Of the log the end alone: a long walk fills it otherwise.</param>
    public static Outcome Load(BpfProgramType type, ReadOnlySpan<ulong> instructions, BpfAttachType attachType = 0, uint attachTypeId = 0, uint flags = 0, bool withLog = true, bool logIsEnd = false)
    {
        byte* license = stackalloc byte[] { (byte)'G', (byte)'P', (byte)'L', 0 };
        byte* log = stackalloc byte[LogSize];
        log[0] = 0;
        fixed (ulong* code = instructions)
        {
            BpfProgramAttributes attributes = new()
            {
                Type = type,
                InstructionCount = (uint)instructions.Length,
                Instructions = (ulong)code,
                License = (ulong)license,
                ExpectedAttachType = attachType,
                AttachTypeId = attachTypeId,
                Flags = flags,
                LogLevel = logIsEnd ? 4U : withLog ? 1U : 0, // BPF_LOG_STATS leaves out the instructions
                LogSize = withLog ? (uint)LogSize : 0,
                Log = withLog ? (ulong)log : 0,
            };
            Errno errno = BpfCalls.Try(BpfCommand.ProgramLoad, &attributes, BpfProgramAttributes.StructureSize, out int descriptor);
            if (errno == Errno.None)
            {
                new FileDescriptor(descriptor).Dispose();
                return new Outcome(Errno.None, "");
            }
            ReadOnlySpan<byte> text = new(log, LogSize);
            int end = text.IndexOf((byte)0);
            return new Outcome(errno, Encoding.UTF8.GetString(end < 0 ? text : text[..end]));
        }
    }

    /// <summary>Loads a program and keeps it.</summary>
    public static FileDescriptor? TryKeep(BpfProgramType type, BpfAttachType attachType = 0, uint attachTypeId = 0)
    {
        byte* license = stackalloc byte[] { (byte)'G', (byte)'P', (byte)'L', 0 };
        fixed (ulong* code = Nothing)
        {
            BpfProgramAttributes attributes = new()
            {
                Type = type,
                InstructionCount = (uint)Nothing.Length,
                Instructions = (ulong)code,
                License = (ulong)license,
                ExpectedAttachType = attachType,
                AttachTypeId = attachTypeId,
            };
            return BpfCalls.Try(BpfCommand.ProgramLoad, &attributes, BpfProgramAttributes.StructureSize, out int descriptor) == Errno.None ? new FileDescriptor(descriptor) : null;
        }
    }

    /// <summary>Gives type information to the kernel and keeps it; null when it is refused.</summary>
    public static FileDescriptor? TryLoadTypes(ReadOnlySpan<byte> types, out Errno errno)
    {
        // struct { __aligned_u64 btf, btf_log_buf; __u32 btf_size, btf_log_size, btf_log_level; } of union bpf_attr
        ulong* attributes = stackalloc ulong[4];
        new Span<ulong>(attributes, 4).Clear();
        fixed (byte* place = types)
        {
            attributes[0] = (ulong)place;
            attributes[2] = (uint)types.Length;
            errno = BpfCalls.Try(BpfCommand.BtfLoad, attributes, 28, out int descriptor);
            return errno == Errno.None ? new FileDescriptor(descriptor) : null;
        }
    }
}
