using System.Management.Automation.Host;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>The host of the session that has imported the module.</summary>
public static class SessionHost
{
    // What the host of jobs and of remote sessions calls itself.
    private const string Remote = "ServerRemoteHost";

    /// <summary>Says which host the session has. That of a job or a remote session is shown what commands print: this process's own output carries the session's messages.</summary>
    public static void Use(PSHost host)
    {
        if (host.Name == Remote)
            CommandOutput.Taker = line => host.UI.WriteLine(line);
    }
}
