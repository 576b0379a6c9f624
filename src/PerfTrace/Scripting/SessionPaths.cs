using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PerfTrace.Commands;

/// <summary>Paths from the session's location, for who is no cmdlet: completion. The process's own directory stays where PowerShell was started.</summary>
internal static class SessionPaths
{
    /// <summary>A path in the file system as a cmdlet would resolve it; null where its drive is not there, or the thread has no session.</summary>
    public static string? Full(string path)
    {
        if (Runspace.DefaultRunspace is null)
            return null;
        // While something runs, and the completion itself does, a session gives away its state in no other way.
        var paths = (PathIntrinsics)((PSObject)ScriptBlock.Create("$ExecutionContext.SessionState.Path").InvokeReturnAsIs()).BaseObject;
        try
        {
            return paths.GetUnresolvedProviderPathFromPSPath(path);
        }
        catch (SessionStateException)
        {
            return null;
        }
    }
}
