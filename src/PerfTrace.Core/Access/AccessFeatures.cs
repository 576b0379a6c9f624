using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Access;

/// <summary>
/// What of PerfTrace works for this user on this machine, found out by trying the least that tells: an event is opened and closed, a program of two instructions loaded, a file opened to write
/// and not written. Nothing is left behind but tracefs, which is mounted where it is not, as by all that need it.
/// </summary>
public static class AccessFeatures
{
    private const string BpfAdvice = "Install libbpf 1.x (the package libbpf1 on Debian and Ubuntu, libbpf on Fedora).";
    private const string DwarfAdvice = "Install libdw (the package libdw1 on Debian, libdw1t64 on newer ones and Ubuntu, elfutils-libs on Fedora).";
    private const string ZstdAdvice = "Install libzstd (the package libzstd1 on Debian and Ubuntu, libzstd on Fedora).";
    private const string LzmaAdvice = "Install liblzma (the package liblzma5 on Debian and Ubuntu, xz-libs on Fedora).";
    private const string CppAdvice = "Install libstdc++ (the package libstdc++6 on Debian and Ubuntu, libstdc++ on Fedora).";

    private static readonly Feature[] All =
    [
        new("OwnProcesses", AccessFamily.Perf, "Counting and sampling one's own processes in user space", "Get-PerfCounter Start-PerfRecord Watch-PerfSample", static _ => PerfTrials.OwnProcesses()),
        new("OwnProcessesKernel", AccessFamily.Perf, "Counting and sampling one's own processes in the kernel, too", "Get-PerfCounter Start-PerfRecord Watch-PerfSample", static _ => PerfTrials.OwnProcessesKernel()),
        new("OtherProcesses", AccessFamily.Perf, "Counting and sampling processes of other users", "Get-PerfCounter Start-PerfRecord Watch-PerfSample Watch-PerfTop", static _ => PerfTrials.OtherProcesses()),
        new("SystemWide", AccessFamily.Perf, "Counting and sampling whole CPUs", "Get-PerfCounter Start-PerfRecord Watch-PerfSample Watch-PerfTop", static _ => PerfTrials.SystemWide()),
        new("ControlGroups", AccessFamily.Perf, "Counting and sampling control groups", "Get-PerfCounter Start-PerfRecord Watch-PerfSample Watch-PerfTop", static _ => PerfTrials.ControlGroups()),
        new("HardwareEvents", AccessFamily.Perf, "Events of the CPU's PMU: cycles, instructions, cache misses", "Get-PerfCounter Get-PerfEvent Start-PerfRecord Watch-PerfSample", static _ => PerfTrials.HardwareEvents()),
        new("Breakpoints", AccessFamily.Perf, "Hardware breakpoints on memory and code", "Get-PerfCounter Start-PerfRecord Invoke-BpfTrace", static _ => PerfTrials.Breakpoints()),
        new("VendorEvents", AccessFamily.Perf, "Names of CPU vendors' events, by libpfm", "Get-PerfEvent Get-PerfCounter", static _ => SymbolTrials.VendorEvents()),
        new("CompressedRecordings", AccessFamily.Perf, "Recordings compressed with zstd", "Start-PerfRecord Get-PerfSample Get-PerfReport Get-PerfDataInfo", static _ => SymbolTrials.Library("libzstd.so.1", ZstdAdvice)),

        new("Tracepoints", AccessFamily.Tracing, "The tracepoints of the kernel and their formats, in tracefs", "Get-Tracepoint Get-PerfEvent Watch-Tracepoint Get-PerfSample", static t => t.Tracepoints()),
        new("TracepointEvents", AccessFamily.Tracing, "Tracepoints as live events and samples", "Watch-Tracepoint Register-TracepointEvent Start-PerfRecord Get-PerfCounter", static t => t.TracepointEvents()),
        new("TraceInstances", AccessFamily.Tracing, "Trace buffers of one's own", "New-TraceInstance Enable-Tracepoint Disable-Tracepoint Set-TracepointFilter Watch-TracePipe Get-TraceBuffer Set-TraceBuffer", static t => t.Instances()),
        new("TraceControl", AccessFamily.Tracing, "Switching the kernel's own trace buffer", "Set-TraceBuffer Clear-TraceBuffer Enable-Tracepoint", static t => t.Writable("tracing_on", "CONFIG_TRACING")),
        new("TraceMarkers", AccessFamily.Tracing, "Texts of one's own between the events", "Write-TraceMarker", static t => t.Marker()),
        new("Snapshots", AccessFamily.Tracing, "Setting aside what is recorded", "Save-TraceSnapshot", static t => t.Writable("snapshot", "CONFIG_TRACER_SNAPSHOT")),
        new("HistogramTriggers", AccessFamily.Tracing, "Histograms that the kernel counts", "New-TraceHistogram Get-TraceHistogram Set-TraceHistogram Remove-TraceHistogram", static t => t.Histograms()),
        new("SyntheticEvents", AccessFamily.Tracing, "Events made of two others", "New-SyntheticEvent Get-SyntheticEvent Remove-SyntheticEvent", static t => t.Writable("synthetic_events", "CONFIG_SYNTH_EVENTS")),
        new("KProbes", AccessFamily.Tracing, "Events at functions of the kernel", "New-KProbe Get-KProbe Remove-KProbe", static t => t.Writable("kprobe_events", "CONFIG_KPROBE_EVENTS")),
        new("UProbes", AccessFamily.Tracing, "Events in programs and libraries, USDT probes among them", "New-UProbe Get-UProbe Remove-UProbe", static t => t.Writable("uprobe_events", "CONFIG_UPROBE_EVENTS")),
        new("FunctionTracer", AccessFamily.Tracing, "Calls of kernel functions", "Watch-FunctionTrace Get-KernelFunction Get-Tracer", static t => t.Tracer("function")),
        new("FunctionGraphTracer", AccessFamily.Tracing, "Calls of kernel functions with their durations", "Watch-FunctionTrace", static t => t.Tracer("function_graph")),
        new("StackTracer", AccessFamily.Tracing, "The deepest kernel stack", "Get-KernelStackMaximum", static t => t.Writable("stack_max_size", "CONFIG_STACK_TRACER")),

        new("BpfMaps", AccessFamily.Bpf, "Making maps", "New-BpfMap Import-BpfObject Invoke-BpfTrace Start-BpfTool", static _ => BpfTrials.Maps()),
        new("BpfTracepoint", AccessFamily.Bpf, "Programs at tracepoints", "Invoke-BpfTrace Measure-KernelEvent Start-BpfTool New-BpfLink", static t => BpfTrials.Program(BpfProgramType.Tracepoint) ?? t.TracepointEvents()),
        new("BpfRawTracepoint", AccessFamily.Bpf, "Programs at raw tracepoints", "Invoke-BpfTrace Measure-KernelEvent New-BpfLink", static _ => BpfTrials.Program(BpfProgramType.RawTracepoint)),
        new("BpfTypedTracepoint", AccessFamily.Bpf, "Programs at tracepoints by the kernel's types (tp_btf)", "Start-BpfTool Invoke-BpfTrace Import-BpfObject", static _ => BpfTrials.Typed(BpfAttachType.TraceRawTracepoint, "btf_trace_sched_switch", BtfKind.Typedef)),
        new("BpfKProbe", AccessFamily.Bpf, "Programs at functions of the kernel, by kprobes", "Invoke-BpfTrace Measure-KernelEvent New-BpfLink", static _ => BpfTrials.Program(BpfProgramType.KProbe) ?? PerfTrials.Probe("kprobe", "vfs_read", 0)),
        new("BpfUProbe", AccessFamily.Bpf, "Programs at functions of programs and at USDT probes", "Invoke-BpfTrace Measure-KernelEvent New-BpfLink", static _ => BpfTrials.UProbe()),
        new("BpfPerfEvent", AccessFamily.Bpf, "Programs at samples: profiles, software and hardware events", "Invoke-BpfTrace Measure-KernelEvent Start-BpfTool New-BpfLink", static _ => BpfTrials.Program(BpfProgramType.PerfEvent) ?? PerfTrials.SystemWide()),
        new("BpfFunctionEntry", AccessFamily.Bpf, "Programs at the entry and exit of functions of the kernel, by trampolines (fentry, fexit)", "Invoke-BpfTrace Measure-KernelEvent New-BpfLink", static _ => BpfTrials.FunctionEntry()),
        new("BpfIterator", AccessFamily.Bpf, "Programs that walk through tasks, files and maps", "Invoke-BpfTrace New-BpfLink", static _ => BpfTrials.Typed(BpfAttachType.TraceIterator, "bpf_iter_task", BtfKind.Function)),
        new("BpfListing", AccessFamily.Bpf, "Programs, maps and links of all processes", "Get-BpfProgram Get-BpfMap Get-BpfLink Get-BpfMapEntry Get-BpfInstruction Measure-BpfProgram", static _ => BpfTrials.Listing()),
        new("BpfStatistics", AccessFamily.Bpf, "How often programs run, and how long", "Measure-BpfProgram Get-BpfProgram", static _ => BpfTrials.Statistics()),
        new("BpfPins", AccessFamily.Bpf, "Names in the BPF file system that keep programs, maps and links alive", "New-BpfPin Get-BpfPin Remove-BpfPin Import-BpfObject", static _ => BpfTrials.Pins()),
        new("BpfObjectFiles", AccessFamily.Bpf, "Compiled BPF object files, by libbpf", "Import-BpfObject Start-BpfTool", static _ => SymbolTrials.Library("libbpf.so.1", BpfAdvice)),

        new("Btf", AccessFamily.Symbols, "The types of the kernel (BTF)", "Get-BtfType Invoke-BpfTrace Start-BpfTool Measure-KernelEvent Import-BpfObject", static _ => BpfTrials.Btf()),
        new("KernelSymbols", AccessFamily.Symbols, "Names for the kernel's addresses", "Get-PerfSample Get-PerfReport Watch-PerfTop Export-FlameGraph", static _ => SymbolTrials.KernelSymbols()),
        new("OtherProcessSymbols", AccessFamily.Symbols, "Names for the addresses of other users' processes that run already", "Start-PerfRecord Watch-PerfSample Watch-PerfTop Get-UsdtProbe", static _ => SymbolTrials.OtherProcesses()),
        new("SourceLines", AccessFamily.Symbols, "Source lines, inlined functions and stacks by DWARF, by libdw", "Get-PerfSample Get-PerfReport Get-PerfAnnotation Invoke-BpfTrace", static _ => SymbolTrials.Library("libdw.so.1", DwarfAdvice)),
        new("CppNames", AccessFamily.Symbols, "Names of C++ functions as they are written, by libstdc++", "Get-PerfSample Get-PerfReport Watch-PerfTop Export-FlameGraph", static _ => SymbolTrials.Library("libstdc++.so.6", CppAdvice)),
        new("MiniDebugInfo", AccessFamily.Symbols, "Symbols that Fedora and others compress into programs, by liblzma", "Get-PerfSample Get-PerfReport New-UProbe", static _ => SymbolTrials.Library("liblzma.so.5", LzmaAdvice)),
        new("FetchedDebugFiles", AccessFamily.Symbols, "Debug files that debuginfod's client has fetched", "Get-PerfSample Get-PerfReport Get-PerfAnnotation", static _ => SymbolTrials.FetchedDebugFiles()),
    ];

    /// <summary>The names of all features, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static f => f.Name)];

    /// <summary>Tries features, one after another; each is given as it is known.</summary>
    /// <param name="isWanted">Which, by name and family.</param>
    /// <param name="verbose">Hears of a mount that is made.</param>
    public static IEnumerable<PerfTraceAccess> Try(Func<string, AccessFamily, bool> isWanted, Action<string>? verbose = null)
    {
        var tracing = new TracingTrials(verbose);
        foreach (Feature feature in All.Where(f => isWanted(f.Name, f.Family)))
            yield return Try(feature, tracing);
    }

    /// <summary>How many features these are.</summary>
    public static int Count(Func<string, AccessFamily, bool> isWanted) => All.Count(f => isWanted(f.Name, f.Family));

    private static PerfTraceAccess Try(Feature feature, TracingTrials tracing)
    {
        Refusal? refusal;
        try
        {
            refusal = feature.Trial(tracing);
        }
        catch (KernelException e)
        {
            refusal = new Refusal(e.Summary, e.Advice);
        }
        catch (Exception e) when (e is BtfException or ElfException or IOException or UnauthorizedAccessException or ControlGroupException or FormatException)
        {
            refusal = new Refusal(e.Message);
        }
        return new PerfTraceAccess
        {
            Feature = feature.Name,
            Family = feature.Family,
            IsAvailable = refusal is null,
            Description = feature.Description,
            Reason = refusal?.Reason,
            Remedy = refusal?.Remedy,
            Cmdlets = feature.Cmdlets.Split(' '),
        };
    }

    private sealed record Feature(string Name, AccessFamily Family, string Description, string Cmdlets, Func<TracingTrials, Refusal?> Trial);
}
