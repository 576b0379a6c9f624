using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>CPUs that have a trace buffer.</summary>
internal static class TraceCpuSelection
{
    /// <summary>Those of the CPUs that have one; empty when nothing was asked for, null when none of those asked for has.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="error">Gets an error for each that has none.</param>
    public static IReadOnlyList<int>? Find(TracingDirectory directory, int[]? wanted, Action<ErrorRecord> error)
    {
        if (wanted is null)
            return [];
        IReadOnlyList<int> there = TraceBuffers.Cpus(directory);
        foreach (int cpu in wanted.Except(there))
        {
            error(new ErrorRecord(new ArgumentException($"CPU {cpu} has no trace buffer; there are those of {string.Join(", ", there)}."),
                "CpuNotFound", ErrorCategory.ObjectNotFound, cpu));
        }
        int[] found = [.. wanted.Distinct().Intersect(there)];
        return found.Length == 0 ? null : found;
    }
}
