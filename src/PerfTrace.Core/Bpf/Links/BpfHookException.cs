namespace PerfTrace.Bpf;

/// <summary>A program and a place that do not go together.</summary>
public sealed class BpfHookException : Exception
{
    internal BpfHookException(BpfProgram program, BpfHook hook)
        : base($"The program {program.Id} ({program.Name}) is of the type {BpfNames.Of(program.Type)}: {hook.Kind} takes {Words(hook.ProgramTypes)}. {Fitting(program.Type)}") =>
        ProgramId = program.Id;

    internal BpfHookException(BpfProgram program, string message)
        : base(message) => ProgramId = program.Id;

    /// <summary>The program.</summary>
    public uint ProgramId { get; }

    private static string Words(IEnumerable<BpfProgramType> types) => string.Join(" or ", types.Select(BpfNames.Of));

    private static string Fitting(BpfProgramType type) => BpfHooks.KindsFor(type) is { Count: > 0 } kinds
        ? $"It can be attached to {string.Join(", ", kinds)}."
        : "There is no kind of link for it.";
}
