using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Gives programs to the kernel's verifier.</summary>
internal static unsafe class BpfProgramLoader
{
    // The largest that a kernel before 5.2 takes (UINT_MAX >> 8) and one later fills; a log of it is read by nobody.
    private const int FirstLog = 64 << 10, LargestLog = (16 << 20) - 1;

    // BPF_PROG_LOAD ends with EAGAIN where a signal is pending (kernel/bpf/verifier.c), and .NET's own signals come at any time.
    private const int Tries = 10;

    /// <summary>
    /// BPF_PROG_LOAD. First without a log, which is the quick way; a program that is refused is given a second time, with one.
    /// </summary>
    /// <param name="request">The program. Its descriptors stay the caller's.</param>
    /// <returns>A descriptor, which keeps the program alive.</returns>
    /// <exception cref="BpfVerifierException">The verifier does not accept it.</exception>
    /// <exception cref="BpfProgramTypeException">This kernel has no programs of this type.</exception>
    /// <exception cref="KernelAccessException">Not for this user.</exception>
    /// <exception cref="KernelException">Out of memory, descriptors; a name, type or function that the kernel does not take.</exception>
    public static FileDescriptor Load(BpfProgramRequest request)
    {
        Errno errno = Try(request, null, out int result, out _);
        if (errno == Errno.None)
            return new FileDescriptor(result);
        (Errno second, string log) = TryWithLog(request, out FileDescriptor? descriptor);
        if (descriptor is not null)
            return descriptor;
        // ENOSPC: the log is larger than the largest; it says nothing of the program.
        if (second is not (Errno.ENOSPC or Errno.EAGAIN))
            errno = second;
        throw Explain(request, errno, log);
    }

    private static (Errno Errno, string Log) TryWithLog(BpfProgramRequest request, out FileDescriptor? descriptor)
    {
        byte[] log = new byte[FirstLog];
        while (true)
        {
            Errno errno = Try(request, log, out int result, out uint trueSize);
            descriptor = errno == Errno.None ? new FileDescriptor(result) : null;
            bool isShort = errno == Errno.ENOSPC || trueSize > log.Length;
            if (!isShort || log.Length == LargestLog)
            {
                int end = Array.IndexOf(log, (byte)0);
                return (errno, Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end));
            }
            descriptor?.Dispose();
            log = new byte[Math.Min(LargestLog, Math.Max(log.Length * 4L, trueSize))];
        }
    }

    private static Errno Try(BpfProgramRequest request, byte[]? log, out int result, out uint logTrueSize)
    {
        BpfCode code = request.Code;
        byte[] license = Encoding.UTF8.GetBytes(request.License + "\0");
        var attributes = new BpfProgramAttributes
        {
            Type = request.Type,
            InstructionCount = (uint)code.Instructions.Length,
            Flags = request.Flags,
            InterfaceIndex = request.InterfaceIndex,
            ExpectedAttachType = request.ExpectedAttachType,
            AttachTypeId = request.AttachTypeId,
            AttachDescriptor = request.AttachTo?.Number ?? 0,
        };
        WriteName(request.Name, new Span<byte>(attributes.Name, BpfProgramAttributes.NameSize - 1));
        fixed (BpfInstruction* instructions = code.Instructions)
        fixed (BpfFunctionInfo* functions = code.Functions)
        fixed (BpfLineInfo* lines = code.Lines)
        fixed (byte* licensePlace = license)
        fixed (byte* logPlace = log)
        {
            attributes.Instructions = (ulong)instructions;
            attributes.License = (ulong)licensePlace;
            if (request.Types is { } types)
            {
                attributes.TypesDescriptor = types.Number;
                attributes.FunctionInfoSize = BpfFunctionInfo.StructureSize;
                attributes.FunctionInfo = (ulong)functions;
                attributes.FunctionInfoCount = (uint)code.Functions.Length;
                attributes.LineInfoSize = BpfLineInfo.StructureSize;
                attributes.LineInfo = (ulong)lines;
                attributes.LineInfoCount = (uint)code.Lines.Length;
            }
            if (log is not null)
            {
                attributes.LogLevel = 1;
                attributes.Log = (ulong)logPlace;
                attributes.LogSize = (uint)log.Length;
            }
            Errno errno = Errno.EAGAIN;
            result = -1;
            for (int i = 0; i < Tries && errno == Errno.EAGAIN; i++)
                errno = BpfCalls.Try(BpfCommand.ProgramLoad, &attributes, BpfProgramAttributes.StructureSize, out result);
            logTrueSize = attributes.LogTrueSize;
            foreach (FileDescriptor descriptor in code.Descriptors)
                GC.KeepAlive(descriptor);
            GC.KeepAlive(request);
            return errno;
        }
    }

    private static Exception Explain(BpfProgramRequest request, Errno errno, string log)
    {
        string type = BpfNames.Of(request.Type);
        string subject = request.Name.Length > 0 ? $"{request.Name} ({type})" : type;
        // The verifier has written nothing: it was never asked.
        if (log.Length == 0)
        {
            return errno == Errno.EINVAL && !Knows(request.Type)
                ? new BpfProgramTypeException(errno, request.Type)
                : BpfCalls.Error(errno, BpfCommand.ProgramLoad, subject, Advise(request, errno));
        }
        return new BpfVerifierException(errno, subject, log);
    }

    private static string? Advise(BpfProgramRequest request, Errno errno) => errno switch
    {
        Errno.EINVAL =>
            $"Programs of this type do not go with the attach type {BpfNames.Of(request.ExpectedAttachType)}, the function, the flags or the type information that was given.",
        Errno.E2BIG when request.Code.Instructions.Length == 0 => "A program has at least one instruction.",
        Errno.E2BIG => $"It has {request.Code.Instructions.Length} instructions: a program has at most a million, and 4096 without CAP_BPF.",
        _ => null,
    };

    // The shortest program of the type. What it lacks (a function of the kernel to be attached to) is told with a log.
    private static bool Knows(BpfProgramType type)
    {
        var probe = new BpfProgramRequest(type, new BpfCode(BpfInstruction.Alu64(BpfArithmetic.Move, BpfRegister.R0, 0), BpfInstruction.Exit()))
        {
            // bpf_prog_load_check_attach() of kernel/bpf/syscall.c refuses these types without one.
            ExpectedAttachType = type switch
            {
                BpfProgramType.CGroupSockAddr => BpfAttachType.CGroupInet4Bind,
                BpfProgramType.CGroupSockOpt => BpfAttachType.CGroupGetSockOpt,
                BpfProgramType.SkLookup => BpfAttachType.SkLookup,
                BpfProgramType.NetFilter => BpfAttachType.NetFilter,
                _ => default,
            },
        };
        (Errno errno, string log) = TryWithLog(probe, out FileDescriptor? descriptor);
        descriptor?.Dispose();
        return errno != Errno.EINVAL || log.Length > 0;
    }

    // As bpf_obj_name_cpy() of kernel/bpf/syscall.c wants it.
    private static void WriteName(string name, Span<byte> target)
    {
        for (int i = 0; i < name.Length && i < target.Length; i++)
            target[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '_' or '.' ? (byte)name[i] : (byte)'_';
    }
}
