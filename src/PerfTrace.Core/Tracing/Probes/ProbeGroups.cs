namespace PerfTrace.Tracing;

/// <summary>The groups that probes are made in when nobody asks for another.</summary>
public static class ProbeGroups
{
    /// <summary>Those that stay when their session ends.</summary>
    public const string Persistent = "perftrace";

    /// <summary>Those of this session: named after it, so that a later one finds what a killed one left behind.</summary>
    public static string Session => TraceOwner.Current.NameOf("probes");
}
