namespace PerfTrace.BpfTrace;

/// <summary>What becomes of a probe that is not there.</summary>
internal enum MissingProbes
{
    Error,
    Warn,
    Ignore,
}
