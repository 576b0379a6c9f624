using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>The recordings of this session.</summary>
internal static class PerfRecordings
{
    private static readonly SessionTable<PerfRecording> All =
        new(static r => r.State == PerfRecordingState.Running, static r => $"recording {r.Id} ({r.Path})", static r => r.Dispose());

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<PerfRecording> List() => All.List();

    public static void Add(PerfRecording recording) => All.Add(recording);
}
