using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>A place in a program or library, or a function's return.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where in the file.</param>
public sealed record UProbeHook(string Path, ulong Offset) : PerfHook
{
    /// <summary>At the function's return; the offset is its beginning.</summary>
    public bool IsReturn { get; init; }

    /// <summary>Where in the file the counter is that says whether anybody listens (the semaphore of a USDT probe); 0: nowhere.</summary>
    public ulong CounterOffset { get; init; }

    /// <summary>The process; -1: all.</summary>
    public int ProcessId { get; init; } = -1;

    public override string Kind => "a uprobe";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.KProbe];

    /// <summary>Finds a function or place of a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="place"><c>function</c>, <c>function+offset</c> or the offset in the file.</param>
    /// <param name="isReturn">At the function's return.</param>
    /// <param name="processId">The process; -1: all.</param>
    /// <param name="verbose">Hears which file the symbols are from.</param>
    /// <exception cref="PerfTrace.Symbols.SymbolNotFoundException">The file has no such function.</exception>
    /// <exception cref="ProbePlaceException">The place is not in its code.</exception>
    /// <exception cref="PerfTrace.Symbols.ElfException">It is no program or library.</exception>
    /// <exception cref="KernelException">The file can not be read.</exception>
    public static UProbeHook Find(string path, string place, bool isReturn, int processId = -1, Action<string>? verbose = null)
    {
        UProbeTarget target = UProbeResolver.Resolve(path, place, isReturn, verbose);
        return new UProbeHook(target.Path, target.Offset) { IsReturn = isReturn, ProcessId = processId };
    }

    /// <summary>A probe of the program's author; its counter is kept above zero as long as the link is there.</summary>
    /// <exception cref="ProbePlaceException">The file does not load its code.</exception>
    public static UProbeHook Of(UsdtProbe probe, int processId = -1)
    {
        if (probe.Offset is not { } offset)
            throw new ProbePlaceException(probe.Probe, $"{probe.Path} does not load the code of the probe {probe.Probe}.");
        return new UProbeHook(probe.Path, offset) { CounterOffset = probe.SemaphoreOffset ?? 0, ProcessId = processId };
    }

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        Pmu events = ProbeEvents("uprobe", "CONFIG_UPROBE_EVENTS");
        nint path = Marshal.StringToCoTaskMemUTF8(Path);
        try
        {
            var attributes = new PerfEventAttr { Type = events.Type, Config1 = (ulong)path, Config2 = Offset };
            if (IsReturn)
                events.Formats["retprobe"].Write(1, ref attributes);
            if (CounterOffset > 0)
                events.Formats["ref_ctr_offset"].Write(CounterOffset, ref attributes);
            return [AttachTo(attributes, ProcessId, ProcessId < 0 ? 0 : -1, program, cookie)];
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
        }
    }

    public override string ToString() => $"{(IsReturn ? "uretprobe" : "uprobe")} {Path}:0x{Offset:x}";

    private protected override Exception OpenError(Errno errno) => errno switch
    {
        Errno.ESRCH => KernelException.Create(errno, "perf_event_open", $"process {ProcessId}"),
        Errno.EINVAL => new ProbePlaceException($"0x{Offset:x}",
            $"The kernel takes no probe at 0x{Offset:x} of {Path}: no instruction begins there, or it is one that can not be replaced."),
        _ => base.OpenError(errno),
    };
}
