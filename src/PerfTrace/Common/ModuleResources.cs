using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>What the module holds at the moment: <c>Remove-Module</c> and the end of the process release it.</summary>
public static class ModuleResources
{
    private static readonly Lock Guard = new();
    private static readonly HashSet<Owned> All = [];

    /// <summary>How many are held.</summary>
    public static int Count
    {
        get
        {
            lock (Guard)
                return All.Count;
        }
    }

    /// <summary>Remembers how to release something, until the result is disposed of.</summary>
    public static IDisposable Own(Action release)
    {
        var owned = new Owned(release);
        lock (Guard)
            All.Add(owned);
        return owned;
    }

    /// <summary>Releases everything; the module calls this when it is removed.</summary>
    public static void ReleaseAll()
    {
        Owned[] owned;
        lock (Guard)
        {
            owned = [.. All];
            All.Clear();
        }
        foreach (Owned one in owned)
            one.Release();
        // After the commands that may use it are told to stop. What can not be undone now is found by Get-PerfTraceResource.
        TraceSession.Current.ReleaseAll();
    }

    private sealed class Owned(Action release) : IDisposable
    {
        public void Release() => release();

        public void Dispose()
        {
            lock (Guard)
                All.Remove(this);
        }
    }
}
