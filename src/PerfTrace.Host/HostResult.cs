using System.Management.Automation;

namespace PerfTrace.Host;

/// <summary>What a run in this process came to.</summary>
/// <param name="Objects">What left the last cmdlet, unwrapped.</param>
/// <param name="Errors">Error records in their order; after exit status 2, the one that says what is wrong with the command line.</param>
/// <param name="StdOut">The objects as they were rendered.</param>
/// <param name="StdErr">Errors, warnings and the rest as they were printed.</param>
public sealed record HostResult(
    int ExitCode,
    IReadOnlyList<object?> Objects,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    string StdOut,
    string StdErr);
