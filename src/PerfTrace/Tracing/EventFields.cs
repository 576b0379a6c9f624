using System.Collections;
using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>The fields of the events that a command line names, for completion.</summary>
internal static class EventFields
{
    // A pattern may mean thousands of events; the fields of a few are enough to choose from.
    private const int MostEvents = 20;

    /// <summary>Each name once; none where the event is not known yet, or not there: whoever runs the command gets the error.</summary>
    /// <param name="bound">What the parser has of the command's parameters.</param>
    /// <param name="parameter">The parameter that names the events.</param>
    public static IReadOnlyList<EventField> Of(IDictionary bound, string parameter)
    {
        IEnumerable<string> names = bound[parameter] switch
        {
            string one => [one],
            IEnumerable many => many.Cast<object?>().Select(static e => $"{e}"),
            _ => [],
        };
        try
        {
            TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
            return [.. names.SelectMany(n => TracepointFilter.Create(n).Find(directory)).Take(MostEvents).SelectMany(static t => t.Fields).DistinctBy(static f => f.Name)];
        }
        catch (KernelException)
        {
            return [];
        }
    }
}
