using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Paths from the session's location: here it is the process's own directory.</summary>
internal static class SessionPaths
{
    /// <summary>The full path.</summary>
    public static string? Full(string path) => new PathIntrinsics().GetUnresolvedProviderPathFromPSPath(path);
}
