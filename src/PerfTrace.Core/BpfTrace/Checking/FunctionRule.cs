namespace PerfTrace.BpfTrace;

/// <summary>A function of the language: how it is called, and who checks its arguments.</summary>
/// <param name="Name">As scripts write it.</param>
/// <param name="Function">What the generator knows it as.</param>
/// <param name="Least">At least so many arguments.</param>
/// <param name="Most">At most so many.</param>
/// <param name="Check">Finds the types of the arguments and of the value; null when something is wrong or not known yet.</param>
internal sealed record FunctionRule(string Name, ScriptFunction Function, int Least, int Most, Func<ProbeChecker, CallExpression, ScriptType?> Check)
{
    /// <summary>The probes that it can be called in.</summary>
    public ProbeProvider Providers { get; init; } = ProbeProvider.All;

    /// <summary>It changes a process or the kernel: the caller must permit it.</summary>
    public bool IsUnsafe { get; init; }
}
