namespace PerfTrace.BpfTrace;

/// <summary>The type that the checker finds for an expression.</summary>
internal abstract record ScriptType;
