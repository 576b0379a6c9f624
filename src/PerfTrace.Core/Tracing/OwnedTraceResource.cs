namespace PerfTrace.Tracing;

/// <summary>Something in tracefs that this session made or changed. Disposing of it undoes that at once; it happens only once.</summary>
public sealed class OwnedTraceResource : IDisposable
{
    private readonly TraceSession _session;
    private readonly int _journalEntry;
    private Action? _release;

    internal OwnedTraceResource(TraceSession session, string description, Action release, string? key = null, int journalEntry = 0)
    {
        _journalEntry = journalEntry;
        Key = key;
        _session = session;
        _release = release;
        Description = description;
    }

    /// <summary>What it is, in words: <c>instance perftrace_1_2_a</c>.</summary>
    public string Description { get; }

    /// <summary>What is changed only in the first place counts, by this key; null for what is made.</summary>
    internal string? Key { get; }

    /// <summary>Undoes it.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">It can not be undone.</exception>
    public void Dispose()
    {
        _session.Remove(this);
        Release();
    }

    /// <summary>Leaves it as it is: someone else has undone it, or it is to stay.</summary>
    public void Forget()
    {
        _session.Remove(this);
        Interlocked.Exchange(ref _release, null);
        _session.Journal?.Done(_journalEntry);
    }

    internal void Release()
    {
        Interlocked.Exchange(ref _release, null)?.Invoke();
        _session.Journal?.Done(_journalEntry);
    }
}
