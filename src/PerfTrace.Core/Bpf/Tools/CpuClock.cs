using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bpf;

/// <summary>Runs a program so many times a second on a CPU: the software event cpu-clock, which every machine has.</summary>
internal static unsafe class CpuClock
{
    public const string Name = "cpu-clock";

    private const ulong PERF_COUNT_SW_CPU_CLOCK = 0;

    /// <exception cref="KernelException">Not for this user.</exception>
    public static FileDescriptor Open(int cpu, int frequency, BpfProgram program)
    {
        var attributes = new PerfEventAttr
        {
            Type = (uint)PerfType.Software,
            Size = PerfEventAttr.StructureSize,
            Config = PERF_COUNT_SW_CPU_CLOCK,
            SamplePeriod = (ulong)frequency,
            Flags = PerfEventFlags.Frequency | PerfEventFlags.Disabled,
        };
        Errno errno = SystemCalls.PerfEventOpen(&attributes, -1, cpu, -1, (ulong)PerfOpenFlags.CloseOnExec, out FileDescriptor? descriptor);
        if (errno != Errno.None)
            throw KernelException.Create(errno, "perf_event_open", Name, BpfAdvice.For(errno, SystemPaths.Default));
        try
        {
            using FileDescriptor owned = program.Open();
            descriptor!.Control(PerfIoctl.SetBpf, owned.Number);
            descriptor.Control(PerfIoctl.Enable);
            return descriptor;
        }
        catch
        {
            descriptor!.Dispose();
            throw;
        }
    }
}
