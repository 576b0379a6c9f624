using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>A function of the kernel, at its beginning or within, or its return. All CPUs and processes.</summary>
/// <param name="Function">The function.</param>
/// <param name="Offset">Bytes from its beginning; 0 for a return.</param>
/// <param name="IsReturn">At its return.</param>
public sealed record KProbeHook(string Function, ulong Offset, bool IsReturn) : PerfHook
{
    public override string Kind => "a kprobe";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.KProbe];

    /// <summary>Reads <c>function</c> or <c>function+offset</c>; whether it is there the kernel tells.</summary>
    /// <exception cref="ProbeSyntaxException">The offset is no number.</exception>
    public static KProbeHook Parse(string place, bool isReturn)
    {
        int plus = place.LastIndexOf('+');
        ulong offset = 0;
        if (plus > 0 && !ProbeText.TryParseNumber(place.AsSpan(plus + 1), out offset))
            throw new ProbeSyntaxException(place, $"'{place[(plus + 1)..]}' is no offset: write it as 16 or 0x10.");
        return new KProbeHook(plus > 0 ? place[..plus] : place, offset, isReturn);
    }

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        Pmu events = ProbeEvents("kprobe", "CONFIG_KPROBE_EVENTS");
        nint name = Marshal.StringToCoTaskMemUTF8(Function);
        try
        {
            var attributes = new PerfEventAttr { Type = events.Type, Config1 = (ulong)name, Config2 = Offset };
            if (IsReturn)
                events.Formats["retprobe"].Write(1, ref attributes);
            return [AttachTo(attributes, -1, 0, program, cookie)];
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    public override string ToString() => $"{(IsReturn ? "kretprobe" : "kprobe")} {Function}{(Offset > 0 ? $"+0x{Offset:x}" : "")}";

    private protected override Exception OpenError(Errno errno)
    {
        SystemPaths paths = SystemPaths.Default;
        // ENOENT and EADDRNOTAVAIL: no such function, or several of its name; EINVAL: one that can not have a probe, or no instruction begins there.
        if (errno is not (Errno.ENOENT or Errno.EADDRNOTAVAIL or Errno.EINVAL or Errno.EILSEQ))
            return base.OpenError(errno);
        if (!KernelSymbolNames.Exists(paths, null, Function))
            return KernelFunctions.NotFound(Function, KernelFunctions.List(paths));
        return new ProbePlaceException(Function, errno switch
        {
            Errno.EILSEQ => $"No instruction begins at {Function}+0x{Offset:x}.",
            Errno.EADDRNOTAVAIL => $"There are several functions {Function} in the kernel: a program of the kind kprobe.multi goes to all of them.",
            _ => $"The kernel lets no probe be put at {Function}{(Offset > 0 ? $"+0x{Offset:x}" : "")}: "
                + "the function is part of how probes work, or its blacklist has it (kprobes/blacklist in debugfs).",
        });
    }
}
