using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Finds synthetic events by names and wildcards.</summary>
internal static class SyntheticEventSelection
{
    /// <summary>The events of a name: that in tracefs, or the one that this session gave.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">This kernel has none, or tracefs is not permitted.</exception>
    public static IReadOnlyList<SyntheticEvent> Find(string name, Action<string> verbose, Action<Exception, object?, string?> problem)
    {
        string local = name.StartsWith("synthetic:", StringComparison.OrdinalIgnoreCase) ? name["synthetic:".Length..] : name;
        WildcardPattern pattern = WildcardPattern.Get(local, WildcardOptions.IgnoreCase);
        IReadOnlyList<SyntheticEvent> all = SyntheticEvents.List(SystemPaths.Default, verbose);
        SyntheticEvent[] found = [.. all.Where(e => pattern.IsMatch(e.Name) || pattern.IsMatch(e.FullName))];
        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(local))
            problem(SyntheticEvents.NotFound(local, all), name, null);
        return found;
    }
}
