namespace PerfTrace.BpfTrace;

/// <summary>The names of a script's tests and benchmarks: each is there once.</summary>
internal static class ScriptTrialNames
{
    /// <exception cref="ScriptException">Two are called alike.</exception>
    public static void Check(ScriptTree tree)
    {
        var seen = new HashSet<(ProbeProvider, string)>();
        foreach (AttachPoint point in tree.Probes.SelectMany(static p => p.AttachPoints))
        {
            if (point.Provider is ProbeProvider.Test or ProbeProvider.Bench && !seen.Add((point.Provider, point.Target!)))
                throw new ScriptException(point.Span, $"there are two {ProbeProviders.NameOf(point.Provider)} probes '{point.Target}'", "give one of them another name");
        }
    }
}
