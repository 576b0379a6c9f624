using System.Diagnostics;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Counts the runs of programs: the kernel does while a descriptor of BPF_ENABLE_STATS (Linux 5.8) is open, or kernel.bpf_stats_enabled is 1.</summary>
public sealed unsafe class BpfProgramMeter : IDisposable
{
    private readonly FileDescriptor? _statistics;
    private readonly List<(FileDescriptor Descriptor, BpfProgram Program, BpfProgramDetails Before, long Start)> _programs = [];

    /// <exception cref="KernelException">EPERM: it takes CAP_SYS_ADMIN where the statistics are not on already.</exception>
    public BpfProgramMeter()
    {
        const uint RunTime = 0; // BPF_STATS_RUN_TIME
        uint type = RunTime;
        Errno errno = BpfCalls.Try(BpfCommand.EnableStats, &type, sizeof(uint), out int descriptor);
        if (errno == Errno.None)
            _statistics = new FileDescriptor(descriptor);
        else if (!Sysctl.BpfStatisticsEnabled(SystemPaths.Default))
            throw BpfCalls.Error(errno, BpfCommand.EnableStats, "statistics", errno == Errno.EINVAL ? "This kernel is older than 5.8: set kernel.bpf_stats_enabled to 1." : null);
    }

    /// <summary>Counts a program from now on. It stays loaded until the meter is disposed of.</summary>
    /// <exception cref="BpfObjectGoneException">It is there no more.</exception>
    public void Add(BpfProgram program)
    {
        FileDescriptor descriptor = program.Open();
        _programs.Add((descriptor, program, Read(descriptor), Stopwatch.GetTimestamp()));
    }

    /// <summary>What was counted so far.</summary>
    public IEnumerable<BpfProgramMeasurement> Measure()
    {
        foreach ((FileDescriptor descriptor, BpfProgram program, BpfProgramDetails before, long start) in _programs)
        {
            BpfProgramDetails now = Read(descriptor);
            yield return new BpfProgramMeasurement
            {
                ProgramId = program.Id,
                Name = program.Name,
                Type = program.Type,
                RunCount = (long)(now.Info.RunCount - before.Info.RunCount),
                RunNanoseconds = (long)(now.Info.RunTime - before.Info.RunTime),
                RecursionMisses = (long)(now.RecursionMisses - before.RecursionMisses),
                Elapsed = Stopwatch.GetElapsedTime(start),
            };
        }
    }

    public void Dispose()
    {
        foreach ((FileDescriptor descriptor, _, _, _) in _programs)
            descriptor.Dispose();
        _programs.Clear();
        _statistics?.Dispose();
    }

    private static BpfProgramDetails Read(FileDescriptor descriptor)
    {
        BpfProgramDetails details = default;
        BpfCalls.GetInfo(descriptor, &details, BpfProgramDetails.StructureSize, "program");
        return details;
    }
}
