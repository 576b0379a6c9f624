namespace PerfTrace.BpfTrace;

/// <summary>A script that was read.</summary>
/// <param name="Tree">Without imports and macros; its names are resolved as far as they can be without the kernel.</param>
/// <param name="Settings">Of its <c>config</c> block, and the caller's for the rest.</param>
/// <param name="Warnings">What was found on the way.</param>
internal sealed record ReadScript(ScriptTree Tree, ScriptSettings Settings, IReadOnlyList<ScriptDiagnostic> Warnings);
