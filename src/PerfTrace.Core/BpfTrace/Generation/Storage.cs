namespace PerfTrace.BpfTrace;

/// <summary>Where a variable of a script is: a value of the function, or memory of the program.</summary>
/// <param name="Value">The value; null: it is in memory alone.</param>
/// <param name="Place">The memory.</param>
/// <param name="IsAddressed">The script has the address of the memory: each value is written there, too.</param>
internal readonly record struct Storage(IrValue? Value, IrPlace Place, bool IsAddressed = false);
