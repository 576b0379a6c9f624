using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>Lists the tracepoints of tracefs.</summary>
public static class TracepointCatalogue
{
    /// <summary>All tracepoints with a format, sorted by system and name.</summary>
    /// <param name="directory">The instance or the top level.</param>
    /// <param name="isSystem">Which systems to look into; null for all.</param>
    /// <param name="isName">Which names are wanted, by system and name; null for all.</param>
    /// <exception cref="PerfTrace.Interop.KernelException">tracefs is not there or not permitted.</exception>
    public static IEnumerable<Tracepoint> List(TracingDirectory directory, Func<string, bool>? isSystem = null, Func<string, string, bool>? isName = null)
    {
        string events = Path.Combine(directory.Path, "events");
        foreach (string system in Directories(events))
        {
            if (isSystem?.Invoke(system) == false)
                continue;
            foreach (string name in Directories(Path.Combine(events, system)))
            {
                if (isName?.Invoke(system, name) != false && File.Exists(Path.Combine(events, system, name, "format")))
                    yield return new Tracepoint(directory, system, name);
            }
        }
    }

    /// <summary>The tracepoint of exactly this system and name; null when there is none.</summary>
    public static Tracepoint? Find(TracingDirectory directory, string system, string name) =>
        TraceName.IsName(system) && TraceName.IsName(name) && directory.Exists($"events/{system}/{name}/format") ? new Tracepoint(directory, system, name) : null;

    /// <summary>The error for a name that is none: with the nearest ones.</summary>
    public static TracepointNotFoundException NotFound(TracingDirectory directory, string name) =>
        new(name, NearestNames.Find(name, List(directory).Select(t => name.Contains(':') ? t.Event : t.Name)));

    private static string[] Directories(string path)
    {
        string[] names;
        try
        {
            names = [.. Directory.EnumerateDirectories(path).Select(static d => Path.GetFileName(d)!)];
        }
        catch (DirectoryNotFoundException)
        {
            // A probe's group that went away while it was listed.
            return [];
        }
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }
}
