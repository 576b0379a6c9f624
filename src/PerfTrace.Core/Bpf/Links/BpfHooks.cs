namespace PerfTrace.Bpf;

/// <summary>Which kinds of hooks there are for a type of programs.</summary>
public static class BpfHooks
{
    private static readonly BpfHook[] Kinds =
    [
        new TracepointHook("", 0),
        new RawTracepointHook(""),
        new KProbeHook("", 0, false),
        new KProbeMultiHook([], false),
        new UProbeHook("", 0),
        new UProbeMultiHook("", [], false),
        new PerfEventHook(null, [], default),
        new TracingHook(),
        new IteratorHook(),
        new CGroupHook("", default),
        new XdpHook("", default),
        new TcxHook("", default),
    ];

    /// <summary>The kinds, with their articles.</summary>
    public static IReadOnlyList<string> KindsFor(BpfProgramType type) => [.. Kinds.Where(k => k.ProgramTypes.Contains(type)).Select(static k => k.Kind)];

    /// <summary>The hook that a program was loaded for, so that nothing needs to be said: a function of the kernel, a typed raw tracepoint, an iterator.</summary>
    /// <exception cref="BpfHookException">It can go to several places.</exception>
    public static BpfHook DefaultFor(BpfProgram program) => program.Type switch
    {
        BpfProgramType.Tracing when BpfTargets.Function(program.AttachBtfObjectId, program.AttachBtfId).StartsWith("bpf_iter_", StringComparison.Ordinal) => new IteratorHook(),
        BpfProgramType.Tracing or BpfProgramType.Lsm or BpfProgramType.Extension => new TracingHook(BpfTargets.Function(program.AttachBtfObjectId, program.AttachBtfId)),
        _ when BpfObject.Of(program) is { } owner && SectionHooks.Find(owner.SectionOf(program)) is { } hook => hook,
        _ => throw new BpfHookException(program, $"A program of the type {BpfNames.Of(program.Type)} does not say where it is to be attached: {Choices(program.Type)}."),
    };

    private static string Choices(BpfProgramType type) =>
        KindsFor(type) is { Count: > 0 } kinds ? $"name {string.Join(", or ", kinds)}" : "and there is no kind of link for it";
}
