using PerfTrace.Interop;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Gathers the events to count from the parameter and from the pipeline.</summary>
internal sealed class CounterEvents
{
    private readonly List<PerfEventGroup> _groups = [];

    /// <summary>Something was asked for, even if it was wrong.</summary>
    public bool IsAsked { get; private set; }

    public IReadOnlyList<PerfEventGroup> Groups => _groups;

    public void Add(PerfEvent e)
    {
        IsAsked = true;
        _groups.Add(new PerfEventGroup(null, [e], IsBraced: false));
    }

    /// <summary>Resolves an event string; returns what is wrong with it, or null.</summary>
    public Exception? Add(string text)
    {
        IsAsked = true;
        try
        {
            _groups.AddRange(EventCatalogue.Default.Resolve(text));
            return null;
        }
        catch (Exception e) when (e is EventSyntaxException or UnknownEventException or KernelException)
        {
            return e;
        }
    }
}
