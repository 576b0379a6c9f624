using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Finds the tracepoints of a list of names and wildcards.</summary>
internal static class TracepointSelection
{
    /// <summary>Each tracepoint once, in the order of the names.</summary>
    /// <param name="names">Names and wildcards, as <see cref="TracepointFilter"/> takes them.</param>
    /// <param name="verbose">Hears of a mount of tracefs.</param>
    /// <param name="problem">Hears of names that are none.</param>
    /// <param name="stop">Ends the search early.</param>
    /// <exception cref="PerfTrace.Interop.KernelException">tracefs is not there or not permitted.</exception>
    public static IReadOnlyList<Tracepoint> Find(IEnumerable<string> names, Action<string> verbose, Action<Exception, object?, string?> problem, CancellationToken stop)
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default, verbose: verbose);
        var found = new List<Tracepoint>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            TracepointFilter filter = TracepointFilter.Create(name);
            bool isAny = false;
            foreach (Tracepoint tracepoint in filter.Find(directory))
            {
                if (stop.IsCancellationRequested)
                    return [];
                // What only ftrace's own buffers record (system "ftrace") has no event that perf could open; by its name it gets the kernel's error.
                if (filter.IsWildcard && tracepoint.System == "ftrace")
                    continue;
                isAny = true;
                if (seen.Add(tracepoint.Event))
                    found.Add(tracepoint);
            }
            if (!isAny && !filter.IsWildcard)
                problem(TracepointCatalogue.NotFound(directory, name), name, null);
        }
        return found;
    }
}
