using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>The recordings of this session: ended in good order when the module is removed and when the process exits.</summary>
internal static class PerfRecordings
{
    /// <summary>So many that have ended are remembered.</summary>
    private const int MostEnded = 100;

    private static readonly Lock Guard = new();
    private static readonly List<(PerfRecording Recording, OwnedTraceResource Owned)> All = [];

    /// <summary>The oldest first.</summary>
    public static IReadOnlyList<PerfRecording> List()
    {
        lock (Guard)
        {
            Prune();
            return [.. All.Select(static r => r.Recording)];
        }
    }

    public static void Add(PerfRecording recording)
    {
        lock (Guard)
        {
            Prune();
            All.Add((recording, TraceSession.Current.Own($"recording {recording.Id} ({recording.Path})", recording.Dispose)));
        }
    }

    private static void Prune()
    {
        foreach ((PerfRecording recording, OwnedTraceResource owned) in All)
        {
            if (recording.State != PerfRecordingState.Running)
                owned.Forget();
        }
        for (int ended = All.Count(static r => r.Recording.State != PerfRecordingState.Running); ended > MostEnded; ended--)
            All.Remove(All.First(static r => r.Recording.State != PerfRecordingState.Running));
    }
}
