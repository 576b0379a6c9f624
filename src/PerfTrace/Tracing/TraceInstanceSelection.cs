using System.Management.Automation;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Finds instances by names and wildcards.</summary>
internal static class TraceInstanceSelection
{
    /// <summary>The instances of a name: that of the directory, or the one that this session gave.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">tracefs is not there or not permitted.</exception>
    public static IReadOnlyList<TraceInstance> Find(string name, Action<string> verbose, Action<Exception, object?, string?> problem)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            try
            {
                return [TraceInstances.Of(TracingDirectory.Open(SystemPaths.Default, name, verbose))];
            }
            catch (Exception e) when (e is TraceInstanceNotFoundException or TraceNameException)
            {
                problem(e, name, null);
                return [];
            }
        }
        WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.None);
        return [.. TraceInstances.List(SystemPaths.Default, verbose).Where(i => pattern.IsMatch(i.Instance!) || pattern.IsMatch(i.Name))];
    }
}
