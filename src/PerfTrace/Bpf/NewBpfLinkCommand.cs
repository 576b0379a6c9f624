using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-BpfLink: attaches programs.</summary>
[Cmdlet(VerbsCommon.New, "BpfLink", SupportsShouldProcess = true, DefaultParameterSetName = DefaultSet)]
[OutputType(typeof(BpfLink))]
public sealed class NewBpfLinkCommand : BpfObjectCommand
{
    private const string DefaultSet = "Default", TracepointSet = "Tracepoint", RawTracepointSet = "RawTracepoint", KProbeSet = "KProbe", UProbeSet = "UProbe", UsdtSet = "Usdt",
        PerfEventSet = "PerfEvent", CGroupSet = "CGroup", InterfaceSet = "Interface";

    // As perf record samples without a word.
    private const long DefaultFrequency = 4000;

    /// <summary>The program: an object, an id, a name or tag, a path in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument[] Program { get; set; } = [];

    /// <summary>A tracepoint, system:name.</summary>
    [Parameter(ParameterSetName = TracepointSet, Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TracepointNameCompleter))]
    public string[] Tracepoint { get; set; } = [];

    /// <summary>A raw tracepoint, by its name without system.</summary>
    [Parameter(ParameterSetName = RawTracepointSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] RawTracepoint { get; set; } = [];

    /// <summary>A function of the kernel, function or function+offset; with wildcards, or for a program of the kind kprobe.multi, all of that name with one link.</summary>
    [Parameter(ParameterSetName = KProbeSet, Mandatory = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelFunctionCompleter))]
    public string[] KProbe { get; set; } = [];

    /// <summary>A place in a program or library, path:function, path:function+offset or path:0xoffset.</summary>
    [Parameter(ParameterSetName = UProbeSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(UProbeLocationCompleter))]
    public string[] UProbe { get; set; } = [];

    /// <summary>Probes of a program's author: path:provider:name, or from Get-UsdtProbe.</summary>
    [Parameter(ParameterSetName = UsdtSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(UsdtProbeCompleter))]
    public UsdtProbeArgument[] Usdt { get; set; } = [];

    /// <summary>A hardware or software event, as perf names it.</summary>
    [Parameter(ParameterSetName = PerfEventSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventNameCompleter))]
    public string[] PerfEvent { get; set; } = [];

    /// <summary>A control group of cgroup2.</summary>
    [Parameter(ParameterSetName = CGroupSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CGroupCompleter))]
    public string[] CGroup { get; set; } = [];

    /// <summary>A network interface: XDP for programs of that type, TCX for those of traffic control.</summary>
    [Parameter(ParameterSetName = InterfaceSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NetworkInterfaceCompleter))]
    public string[] Interface { get; set; } = [];

    /// <summary>At the functions' returns.</summary>
    [Parameter(ParameterSetName = KProbeSet)]
    [Parameter(ParameterSetName = UProbeSet)]
    public SwitchParameter Return { get; set; }

    /// <summary>The program was loaded for several functions (kprobe.multi).</summary>
    [Parameter(ParameterSetName = KProbeSet)]
    public SwitchParameter Multiple { get; set; }

    /// <summary>In this process alone.</summary>
    [Parameter(ParameterSetName = UProbeSet)]
    [Parameter(ParameterSetName = UsdtSet)]
    [Parameter(ParameterSetName = PerfEventSet)]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int? ProcessId { get; set; }

    /// <summary>A sample each so many events.</summary>
    [Parameter(ParameterSetName = PerfEventSet)]
    [ValidateRange(1L, long.MaxValue)]
    public long? Period { get; set; }

    /// <summary>So many samples in a second; 4000 if nothing is said.</summary>
    [Parameter(ParameterSetName = PerfEventSet)]
    [ValidateRange(1L, long.MaxValue)]
    public long? Frequency { get; set; }

    /// <summary>On these CPUs; all that are online if nothing is said.</summary>
    [Parameter(ParameterSetName = PerfEventSet)]
    [CpuListTransformation]
    [ValidateNotNullOrEmpty]
    public int[]? Cpu { get; set; }

    /// <summary>At which event of the control group, in the kernel's words (cgroup_inet_ingress) or .NET's.</summary>
    [Parameter(ParameterSetName = CGroupSet)]
    [BpfTypeTransformation(typeof(BpfAttachType))]
    [ArgumentCompleter(typeof(BpfTypeCompleter))]
    public string? AttachType { get; set; }

    /// <summary>Packets that go out; for traffic control.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public SwitchParameter Egress { get; set; }

    /// <summary>Who runs an XDP program.</summary>
    [Parameter(ParameterSetName = InterfaceSet)]
    public BpfXdpMode XdpMode { get; set; }

    /// <summary>A number that the program can read (bpf_get_attach_cookie).</summary>
    [Parameter]
    public ulong? Cookie { get; set; }

    /// <summary>A path in bpffs to pin the link at, so that it stays when the session ends; several get numbers behind it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Pin { get; set; }

    protected override void BeginProcessing()
    {
        if (Period is not null && Frequency is not null)
            ThrowUsage("ContradictoryParameters", "-Period and -Frequency exclude each other.");
        if (ProcessId is not null && Cpu is not null)
            ThrowUsage("ContradictoryParameters", "-ProcessId and -Cpu exclude each other.");
    }

    protected override void ProcessRecord()
    {
        foreach (BpfProgram program in Resolve(Program))
        {
            foreach ((object? target, Func<BpfHook> find) in Hooks(program))
            {
                if (StopToken.IsCancellationRequested)
                    return;
                Attach(program, target, find);
            }
        }
    }

    // What is to be attached to; looked up when it is its turn, so that one bad name is one error.
    private IEnumerable<(object? Target, Func<BpfHook> Find)> Hooks(BpfProgram program) => ParameterSetName switch
    {
        TracepointSet => Each(Tracepoint, static n => TracepointHook.Find(n)),
        RawTracepointSet => Each(RawTracepoint, static n => new RawTracepointHook(n)),
        KProbeSet => Each(KProbe, FindKProbe),
        UProbeSet => Each(UProbe, FindUProbe),
        UsdtSet => Each(FindUsdt(), u => UProbeHook.Of(u, ProcessId ?? -1)),
        PerfEventSet => Each(PerfEvent, FindEvent),
        CGroupSet => Each(CGroup, n => CGroupHook.Find(program, n, AttachType is not null && BpfNames.TryParse(AttachType, out BpfAttachType type) ? type : null)),
        InterfaceSet => Each(Interface, n => program.Type == BpfProgramType.SchedulerClassifier ? new TcxHook(n, Egress) : new XdpHook(n, XdpMode)),
        _ => [(program, () => BpfHooks.DefaultFor(program))],
    };

    private static IEnumerable<(object? Target, Func<BpfHook> Find)> Each<T>(IEnumerable<T> values, Func<T, BpfHook> find) =>
        values.Select(v => ((object?)v, (Func<BpfHook>)(() => find(v))));

    private BpfHook FindKProbe(string place)
    {
        if (Multiple || WildcardPattern.ContainsWildcardCharacters(place))
        {
            var pattern = new WildcardPattern(place);
            return KProbeMultiHook.Find(place, pattern.IsMatch, Return);
        }
        return KProbeHook.Parse(place, Return);
    }

    private UProbeHook FindUProbe(string location)
    {
        (string file, string place) = UProbeResolver.Split(location);
        return UProbeHook.Find(ProbeFile.Find(this, file), place, Return, ProcessId ?? -1, VerboseWriter);
    }

    // A probe of one name may be at several places.
    private IEnumerable<UsdtProbe> FindUsdt()
    {
        foreach (UsdtProbeArgument argument in Usdt)
        {
            IReadOnlyList<UsdtProbe> places;
            try
            {
                places = argument.Resolve(f => ProbeFile.Find(this, f));
            }
            catch (Exception e) when (IsProblem(e) || IsUnknownPlace(e))
            {
                WriteProblem(e, argument.ToString());
                continue;
            }
            foreach (UsdtProbe place in places)
                yield return place;
        }
    }

    private PerfEventHook FindEvent(string name) =>
        PerfEventHook.Find(name, Period is { } period ? new((ulong)period, IsFrequency: false) : new((ulong)(Frequency ?? DefaultFrequency), IsFrequency: true), Cpu, ProcessId ?? -1);

    private void Attach(BpfProgram program, object? target, Func<BpfHook> find)
    {
        try
        {
            string? section = ParameterSetName == DefaultSet ? SectionOf(program) : null;
            BpfHook? hook = section is null ? find() : null;
            string place = section ?? hook!.ToString();
            if (!ShouldProcess(place, $"Attach the program {program.Id} ({program.Name})"))
                return;
            IReadOnlyList<BpfLink> links = hook is null ? [BpfObject.Of(program)!.Attach(program)] : BpfLinker.Attach(program, hook, Cookie);
            foreach (BpfLink link in links)
                BpfSessionLinks.Add(Keep(link));
            WriteVerbose($"Attached program {program.Id} to {place}: {(links.Count == 1 ? $"link {links[0].Id}" : $"{links.Count} links")}.");
            PinAll(links);
            WriteObject(links, enumerateCollection: true);
        }
        catch (Exception e) when (IsProblem(e) || IsUnknownPlace(e))
        {
            WriteProblem(e, target);
        }
    }

    // The section of an object file's program, where it says to what: libbpf knows the words. "xdp" and "perf_event" alone say no place, and a cookie can not be given so.
    private string? SectionOf(BpfProgram program) =>
        Cookie is null && program.Type is not (BpfProgramType.Tracing or BpfProgramType.Lsm or BpfProgramType.Extension)
        && BpfObject.Of(program)?.SectionOf(program) is { } section && section.Contains('/', StringComparison.Ordinal) ? section : null;

    private void PinAll(IReadOnlyList<BpfLink> links)
    {
        if (Pin is null)
            return;
        string path = TypedPath.Full(this, Pin);
        try
        {
            for (int i = 0; i < links.Count; i++)
                links[i].Pin(links.Count == 1 ? path : $"{path}.{i}");
        }
        catch
        {
            // One that is not pinned as it was asked for is not to stay either.
            foreach (BpfLink link in links)
                link.Dispose();
            throw;
        }
    }

    private static bool IsUnknownPlace(Exception exception) =>
        exception is BpfHookException or BpfObjectException or BpfInterfaceNotFoundException or TracepointNotFoundException or KernelFunctionNotFoundException or ProbeSyntaxException or ProbePlaceException
            or ProbeNotFoundException or SymbolNotFoundException or ElfException or EventSyntaxException or UnknownEventException or ControlGroupException or CommandException or System.IO.IOException;
}
