using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>BPF_PROG_TEST_RUN: programs run by hand, with a packet or a context of the caller's.</summary>
public static unsafe class BpfTestRunner
{
    // A run can not be interrupted: the kernel gets as many at a time as take about this long.
    private const double PortionNanoseconds = 50_000_000;

    private const uint FirstPortion = 1000, LargestPortion = 100_000_000, OnCpu = 1; // BPF_F_TEST_RUN_ON_CPU

    // A raw tracepoint has at most 12 arguments (MAX_BPF_FUNC_ARGS of include/linux/bpf.h); struct bpf_sk_lookup of include/uapi/linux/bpf.h.
    private const int DefaultPacket = 64, RawTracepointContext = 12 * sizeof(ulong), LookupContext = 72;

    // What a program may add in front of or behind a packet.
    private const int Room = 4096;

    /// <summary>Runs a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="request">How.</param>
    /// <param name="stop">Ends the repetition; what was run until then counts.</param>
    /// <exception cref="BpfTestRunException">Programs of its type can not be run by hand.</exception>
    /// <exception cref="BpfTestInputException">The data or the context is not what the type wants.</exception>
    /// <exception cref="KernelException">EPERM; a CPU that is not there.</exception>
    public static BpfTestRun Run(BpfProgram program, BpfTestRunRequest request, CancellationToken stop)
    {
        using FileDescriptor descriptor = program.Open();
        return Run(descriptor, program, request, stop);
    }

    private static BpfTestRun Run(FileDescriptor program, BpfProgram snapshot, BpfTestRunRequest request, CancellationToken stop)
    {
        BpfTestRunKind kind = BpfTestRunKinds.Of(snapshot.Type);
        byte[]? data = request.Data ?? (kind == BpfTestRunKind.Packet ? new byte[DefaultPacket] : null);
        byte[]? context = request.Context ?? kind switch
        {
            BpfTestRunKind.Arguments => new byte[RawTracepointContext],
            BpfTestRunKind.Lookup => new byte[LookupContext],
            _ => null,
        };
        bool isMeasured = kind is BpfTestRunKind.Packet or BpfTestRunKind.Lookup;
        long done = 0;
        double nanoseconds = 0;
        uint portion = isMeasured ? FirstPortion : 1;
        Outcome outcome;
        do
        {
            uint count = (uint)Math.Min(portion, request.Repeat - done);
            outcome = RunOnce(program, snapshot, kind, data, context, request.Cpu, count);
            done += count;
            nanoseconds += (double)outcome.Duration * count;
            if (isMeasured)
                portion = (uint)Math.Clamp(PortionNanoseconds / Math.Max(1, outcome.Duration), FirstPortion, LargestPortion);
        }
        while (done < request.Repeat && !stop.IsCancellationRequested);
        return new BpfTestRun
        {
            ProgramId = snapshot.Id,
            Name = snapshot.Name,
            Type = snapshot.Type,
            ReturnValue = (int)outcome.ReturnValue,
            Repeat = done,
            AverageNanoseconds = isMeasured ? nanoseconds / done : null,
            Data = kind == BpfTestRunKind.Packet ? outcome.Data : null,
            Context = outcome.Context,
        };
    }

    private static Outcome RunOnce(FileDescriptor program, BpfProgram snapshot, BpfTestRunKind kind, byte[]? data, byte[]? context, int? cpu, uint repeat)
    {
        byte[] dataOut = kind == BpfTestRunKind.Packet ? new byte[(data?.Length ?? 0) + Room] : [];
        byte[] contextOut = kind is BpfTestRunKind.Packet or BpfTestRunKind.Lookup && context is not null ? new byte[context.Length] : [];
        while (true)
        {
            BpfTestRunAttributes attributes;
            Errno errno;
            // A syscall program's context is written where it was read.
            byte[]? contextIn = kind == BpfTestRunKind.Call ? (byte[]?)context?.Clone() : context;
            fixed (byte* dataPlace = data, outPlace = dataOut, contextPlace = contextIn, contextOutPlace = contextOut)
            {
                attributes = new BpfTestRunAttributes
                {
                    Program = program.Number,
                    DataSizeIn = (uint)(data?.Length ?? 0),
                    DataIn = (ulong)dataPlace,
                    DataSizeOut = (uint)dataOut.Length,
                    DataOut = (ulong)outPlace,
                    Repeat = kind is BpfTestRunKind.Packet or BpfTestRunKind.Lookup ? repeat : 0,
                    ContextSizeIn = (uint)(context?.Length ?? 0),
                    ContextIn = (ulong)contextPlace,
                    ContextSizeOut = (uint)contextOut.Length,
                    ContextOut = (ulong)contextOutPlace,
                    Flags = cpu is null ? 0 : OnCpu,
                    Cpu = (uint)(cpu ?? 0),
                };
                errno = BpfCalls.Try(BpfCommand.ProgramTestRun, &attributes, BpfTestRunAttributes.StructureSize, out _);
            }
            switch (errno)
            {
                case Errno.None:
                    Array.Resize(ref dataOut, (int)Math.Min(attributes.DataSizeOut, (uint)dataOut.Length));
                    return new Outcome(attributes.ReturnValue, attributes.Duration, dataOut, kind == BpfTestRunKind.Call ? contextIn : contextOut.Length > 0 ? contextOut : null);
                case Errno.ENOSPC when attributes.DataSizeOut > dataOut.Length:
                    dataOut = new byte[attributes.DataSizeOut];
                    break;
                // A signal came (bpf_test_timer_continue() in net/bpf/test_run.c), and .NET's own come at any time.
                case Errno.EINTR or Errno.EAGAIN:
                    break;
                default:
                    throw Explain(errno, snapshot, kind, data, context);
            }
        }
    }

    private static KernelException Explain(Errno errno, BpfProgram snapshot, BpfTestRunKind kind, byte[]? data, byte[]? context)
    {
        string subject = snapshot.Name.Length > 0 ? $"program {snapshot.Id} ({snapshot.Name})" : $"program {snapshot.Id}";
        if (errno is Errno.ENOTSUPP or Errno.EOPNOTSUPP || kind == BpfTestRunKind.None)
            return new BpfTestRunException(errno, subject, snapshot.Type);
        string? advice = errno switch
        {
            Errno.EINVAL when kind == BpfTestRunKind.Packet =>
                $"-Data is a whole packet: at least the 14 bytes of an Ethernet header, at most a page less some room ({data!.Length} were given); "
                    + "-Context is struct __sk_buff or struct xdp_md with zeros in the fields that can not be set.",
            Errno.EINVAL when kind == BpfTestRunKind.Arguments =>
                $"-Context has the tracepoint's arguments, 8 bytes each, as many as the program reads ({context?.Length ?? 0} bytes were given); -Data is for packets.",
            Errno.EINVAL => "-Data is for packet programs, and -Cpu for raw tracepoints.",
            Errno.E2BIG => "-Context is longer than this kernel's structure, and not zero behind it.",
            _ => null,
        };
        return advice is not null ? new BpfTestInputException(errno, "bpf(BPF_PROG_TEST_RUN)", subject, advice)
            : BpfCalls.Error(errno, BpfCommand.ProgramTestRun, subject, errno == Errno.ENXIO ? "There is no such CPU, or it is not online." : null);
    }

    private readonly record struct Outcome(uint ReturnValue, uint Duration, byte[] Data, byte[]? Context);
}
