using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Which kinds of programs the kernel takes, what those that name a type of the kernel may be attached to, and which helpers they have.</summary>
internal sealed class BpfProgramProbe
{
    private static readonly Dictionary<BpfProgramType, BpfAttachType> Expected = new()
    {
        [BpfProgramType.CGroupSockAddr] = BpfAttachType.CGroupInet4Connect,
        [BpfProgramType.CGroupSockOpt] = BpfAttachType.CGroupGetSockOpt,
        [BpfProgramType.SkLookup] = BpfAttachType.SkLookup,
        [BpfProgramType.LircMode2] = BpfAttachType.LircMode2,
        [BpfProgramType.NetFilter] = BpfAttachType.NetFilter,
    };

    // What a program of each kind that names a type is for, and a type that every kernel of the kind has.
    private static readonly (string Name, BpfProgramType Type, BpfAttachType Attach, string Target, BtfKind Kind)[] Attachments =
    [
        ("fentry", BpfProgramType.Tracing, BpfAttachType.TraceFEntry, "vfs_read", BtfKind.Function),
        ("fexit", BpfProgramType.Tracing, BpfAttachType.TraceFExit, "vfs_read", BtfKind.Function),
        ("tp_btf", BpfProgramType.Tracing, BpfAttachType.TraceRawTracepoint, "btf_trace_sched_switch", BtfKind.Typedef),
        ("iter", BpfProgramType.Tracing, BpfAttachType.TraceIterator, "bpf_iter_task", BtfKind.Function),
        ("lsm", BpfProgramType.Lsm, BpfAttachType.LsmMac, "bpf_lsm_file_open", BtfKind.Function),
    ];

    private readonly Lazy<BtfTypes?> _types = new(static () =>
    {
        try
        {
            return BtfTypes.Kernel;
        }
        catch (Exception e) when (e is KernelException or BtfException)
        {
            return null; // has a line of its own
        }
    });

    private Dictionary<string, BpfTrial.Outcome>? _attachments;

    private Dictionary<string, BpfTrial.Outcome> Attached => _attachments ??= Attachments.ToDictionary(static a => a.Name, a => Attach(a.Type, a.Attach, a.Target, a.Kind));

    /// <summary>The kernel's types; null without.</summary>
    public BtfTypes? KernelTypes => _types.Value;

    public IEnumerable<BpfFeature> ProgramTypes()
    {
        foreach (BpfProgramType type in Types())
        {
            BpfTrial.Outcome outcome = Try(type);
            yield return new BpfFeature(BpfFeatureKind.ProgramType, BpfNames.Of(type), Taken(outcome)) { Reason = outcome.Reason };
        }
    }

    public IEnumerable<BpfFeature> AttachmentTypes()
    {
        foreach ((string name, BpfTrial.Outcome outcome) in Attached)
            yield return new BpfFeature(BpfFeatureKind.Attachment, name, Taken(outcome)) { Reason = outcome.Reason };
    }

    /// <summary>A helper is there when the verifier has something else to object to than the helper.</summary>
    public IEnumerable<BpfFeature> Helpers(Func<string, bool>? isWanted, CancellationToken stop)
    {
        (int Number, string Name)[] helpers = [.. Names()];
        foreach (BpfProgramType type in Types())
        {
            if (isWanted?.Invoke(BpfNames.Of(type)) == false)
                continue;
            (BpfAttachType attach, uint id) = Place(type);
            if (stop.IsCancellationRequested)
                yield break;
            if (!BpfTrial.Load(type, BpfTrial.Nothing, attach, id, Flags(type), withLog: false).IsTaken)
                continue; // no program of this kind can be loaded, so no helper can be tried
            foreach ((int number, string name) in helpers)
            {
                BpfTrial.Outcome outcome = TryHelper(type, number, attach, id);
                bool isMissing = IsMissing(outcome);
                // EPERM without a log: not a matter of the kernel but of rights.
                yield return new BpfFeature(BpfFeatureKind.Helper, name, isMissing ? false : outcome is { Errno: Errno.EPERM, Log: "" } ? null : true)
                {
                    ProgramType = BpfNames.Of(type),
                    Reason = isMissing || outcome is { Errno: Errno.EPERM, Log: "" } ? outcome.Reason : null,
                };
            }
        }
    }

    /// <summary>Whether the kernel gives a helper to programs of a type that is attached to no type of the kernel.</summary>
    public static bool Has(BpfProgramType type, BpfHelper helper) => !IsMissing(TryHelper(type, (int)helper, 0, 0));

    private static BpfTrial.Outcome TryHelper(BpfProgramType type, int helper, BpfAttachType attach, uint id) =>
        BpfTrial.Load(type, [BpfTrial.Instruction(0x85, 0, 0, 0, helper), BpfTrial.Move(0, 0), BpfTrial.Exit], attach, id, Flags(type));

    private static bool IsMissing(BpfTrial.Outcome outcome) => outcome.Log.Contains("invalid func ", StringComparison.Ordinal)
        || outcome.Log.Contains("unknown func ", StringComparison.Ordinal) || outcome.Log.Contains("program of this type cannot use helper ", StringComparison.Ordinal);

    /// <summary>The functions that the kernel's types mark as callable (pahole 1.26, Linux 6.10).</summary>
    public IEnumerable<BpfFeature> KernelFunctions()
    {
        if (_types.Value is not { } types)
            yield break;
        foreach (BtfType tag in types.Where(static t => t is { Kind: BtfKind.DeclarationTag, Name: "bpf_kfunc" }))
        {
            if (tag.Type is { Kind: BtfKind.Function } function)
                yield return new BpfFeature(BpfFeatureKind.KernelFunction, function.Name, true) { Value = function.ToDeclaration().Replace("extern ", "", StringComparison.Ordinal) };
        }
    }

    private static bool? Taken(BpfTrial.Outcome outcome) => outcome.Errno == Errno.EPERM ? null : outcome.IsTaken;

    private BpfTrial.Outcome Try(BpfProgramType type)
    {
        switch (type)
        {
            case BpfProgramType.Tracing or BpfProgramType.Lsm:
                // One thing that it can be attached to is enough.
                BpfTrial.Outcome[] outcomes = [.. Attachments.Where(a => a.Type == type).Select(a => Attached[a.Name])];
                return outcomes.FirstOrDefault(static o => o.IsTaken, outcomes[0]);
            case BpfProgramType.Extension:
                // It replaces a function of another program. That it may not replace one of the kernel is known only to a kernel that knows it.
                BpfTrial.Outcome extension = BpfTrial.Load(type, BpfTrial.Nothing, 0, 1);
                return extension.Log.Contains("Cannot replace kernel functions", StringComparison.Ordinal) ? default : extension;
            case BpfProgramType.StructOps:
                // Type 1 is an integer and no table of functions.
                BpfTrial.Outcome table = BpfTrial.Load(type, BpfTrial.Nothing, 0, 1);
                return table.Errno == Errno.ENOTSUPP || table.Log.Contains("is not a supported struct", StringComparison.Ordinal) ? default : table;
            default:
                return BpfTrial.Load(type, BpfTrial.Nothing, Expected.GetValueOrDefault(type), flags: Flags(type));
        }
    }

    // Programs of this kind must be able to sleep (BPF_F_SLEEPABLE).
    private static uint Flags(BpfProgramType type) => type == BpfProgramType.Syscall ? 1U << 4 : 0;

    private (BpfAttachType Attach, uint TypeId) Place(BpfProgramType type)
    {
        foreach ((string name, BpfProgramType kind, BpfAttachType attach, string target, BtfKind targetKind) in Attachments)
        {
            if (kind == type && Attached[name].IsTaken)
                return (attach, _types.Value!.Find(target, targetKind)!.Id);
        }
        return (Expected.GetValueOrDefault(type), 0);
    }

    private BpfTrial.Outcome Attach(BpfProgramType type, BpfAttachType attach, string target, BtfKind kind) =>
        _types.Value is not { } types ? new BpfTrial.Outcome(Errno.ENOENT, "The kernel has no type information.")
        : types.Find(target, kind) is not { } found ? new BpfTrial.Outcome(Errno.ENOENT, $"The kernel has no {target}.")
        : BpfTrial.Load(type, BpfTrial.Nothing, attach, found.Id);

    // The kernel's own list, where its types tell it: it may be newer than this one.
    private IEnumerable<(int Number, string Name)> Names()
    {
        const string Prefix = "BPF_FUNC_";
        if (_types.Value?.Find("bpf_func_id", BtfKind.Enum) is { } list)
            return list.Enumerators.Where(static e => e.Bits > 0 && e.Name.StartsWith(Prefix, StringComparison.Ordinal)).Select(static e => ((int)e.Bits, "bpf_" + e.Name[Prefix.Length..]));
        return Enum.GetValues<BpfHelper>().Where(static h => h > 0).Select(static h => ((int)h, BpfHelpers.NameOf((int)h)!));
    }

    private IEnumerable<BpfProgramType> Types()
    {
        int last = _types.Value?.Find("bpf_prog_type", BtfKind.Enum) is { } list
            ? (int)list.Enumerators.Where(static e => !e.Name.StartsWith("__", StringComparison.Ordinal)).Max(static e => e.Bits) : (int)Enum.GetValues<BpfProgramType>().Max();
        return Enumerable.Range(1, last).Select(static n => (BpfProgramType)n);
    }
}
