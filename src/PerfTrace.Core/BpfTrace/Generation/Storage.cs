namespace PerfTrace.BpfTrace;

/// <summary>Where a variable of a script is: a value of the function, or memory of the program.</summary>
internal readonly record struct Storage(IrValue? Value, IrPlace Place);
