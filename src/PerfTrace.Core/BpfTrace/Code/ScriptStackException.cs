namespace PerfTrace.BpfTrace;

/// <summary>A probe's program needs more stack than the kernel gives one.</summary>
public sealed class ScriptStackException(int size)
    : Exception($"The program of a probe needs {size} bytes of stack; the kernel gives it {IrFrame.Limit}. Use fewer variables at a time, or split the probe's block.");
