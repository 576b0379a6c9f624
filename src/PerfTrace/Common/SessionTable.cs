using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What runs in the background of this session: ended in good order when the module is removed and when the process exits.</summary>
/// <param name="isRunning">It has not ended.</param>
/// <param name="describe">What it is, in words.</param>
/// <param name="end">Ends it; need not mind if it has ended already.</param>
internal sealed class SessionTable<T>(Func<T, bool> isRunning, Func<T, string> describe, Action<T> end)
{
    /// <summary>So many that have ended are remembered.</summary>
    private const int MostEnded = 100;

    private readonly Lock _guard = new();
    private readonly List<(T Item, OwnedTraceResource Owned)> _all = [];

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<T> List()
    {
        lock (_guard)
        {
            Prune();
            return [.. _all.Select(static r => r.Item)];
        }
    }

    public void Add(T item)
    {
        lock (_guard)
        {
            Prune();
            _all.Add((item, TraceSession.Current.Own(describe(item), () => end(item))));
        }
    }

    private void Prune()
    {
        foreach ((T item, OwnedTraceResource owned) in _all)
        {
            if (!isRunning(item))
                owned.Forget();
        }
        for (int ended = _all.Count(r => !isRunning(r.Item)); ended > MostEnded; ended--)
            _all.Remove(_all.First(r => !isRunning(r.Item)));
    }
}
