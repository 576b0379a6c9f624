using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>Places in one file, any number with one call (Linux 6.6). The program must have been loaded for it (<c>uprobe.multi</c>).</summary>
/// <param name="Path">The file.</param>
/// <param name="Places">Where in the file, and the counters that say whether anybody listens (0: none).</param>
/// <param name="IsReturn">At the returns of functions that begin there.</param>
/// <param name="ProcessId">The process; 0: all.</param>
public sealed record UProbeMultiHook(string Path, IReadOnlyList<(ulong Offset, ulong CounterOffset)> Places, bool IsReturn, int ProcessId = 0) : BpfHook
{
    private const uint Return = 1; // BPF_F_UPROBE_MULTI_RETURN

    /// <summary>What bpf_get_attach_cookie tells the program at each place; null: everywhere the same.</summary>
    public IReadOnlyList<ulong>? Cookies { get; init; }

    public override string Kind => "a uprobe.multi";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.KProbe];

    internal override unsafe IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        ulong[] offsets = [.. Places.Select(static p => p.Offset)], counters = [.. Places.Select(static p => p.CounterOffset)], cookies = [.. Cookies ?? Places.Select(_ => cookie)];
        nint path = Marshal.StringToCoTaskMemUTF8(Path);
        try
        {
            fixed (ulong* offsetsPointer = offsets, countersPointer = counters, cookiesPointer = cookies)
            {
                return
                [
                    Create(new BpfLinkAttributes
                    {
                        Program = program.Number,
                        AttachType = BpfAttachType.TraceUProbeMulti,
                        UProbePath = (ulong)path,
                        UProbeOffsets = (ulong)offsetsPointer,
                        UProbeCounterOffsets = counters.Any(static c => c > 0) ? (ulong)countersPointer : 0,
                        UProbeCookies = cookies.All(static c => c == 0) ? 0 : (ulong)cookiesPointer,
                        UProbeCount = (uint)offsets.Length,
                        UProbeFlags = IsReturn ? Return : 0,
                        UProbeProcessId = (uint)ProcessId,
                    }, BpfLinkAttributes.StructureSize),
                ];
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
        }
    }

    public override string ToString() => $"uprobe.multi of {Places.Count} places in {Path}";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EINVAL or Errno.EOPNOTSUPP => "The program must be loaded for several places (the section uprobe.multi, the attach type trace_uprobe_multi), on Linux 6.6 or later.",
        Errno.EBADF => "The path is not that of a file.",
        Errno.ESRCH => $"There is no process {ProcessId}.",
        _ => null,
    };
}
