namespace PerfTrace.BpfTrace;

/// <summary>A program of a script, before it has registers, and the events that it runs at.</summary>
/// <param name="Probe">What it was made from.</param>
/// <param name="Context">What it sees.</param>
/// <param name="Function">What it does.</param>
/// <param name="Targets">Where it is attached.</param>
internal sealed record ScriptProgram(Probe Probe, ProbeContext Context, IrFunction Function, IReadOnlyList<ProbeTarget> Targets);
