using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>The scripts that this session runs in the background.</summary>
internal static class BpfTraceRuns
{
    private static readonly SessionTable<BpfTraceRun> All =
        new(static r => r.State == BpfTraceRunState.Running, static r => $"bpftrace script {r.Id} ({r.Name})", static r => r.Dispose());

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<BpfTraceRun> List() => All.List();

    public static void Add(BpfTraceRun run) => All.Add(run);
}
