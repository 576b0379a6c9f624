using System.Diagnostics;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Runs a command of the shell for system().</summary>
internal static class ShellCommand
{
    // What a command prints beyond this is read, and lost: with a note.
    private const int MostOutput = 1 << 20;

    /// <summary>What it printed. Its errors go where this program's go.</summary>
    public static string Run(string command, CancellationToken stop)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, UseShellExecute = false } };
        process.Start();
        using CancellationTokenRegistration end = stop.Register(() => process.Kill(entireProcessTree: true));
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        long lost = 0;
        for (int n; (n = process.StandardOutput.Read(buffer)) > 0;)
        {
            int fits = Math.Min(n, MostOutput - text.Length);
            text.Append(buffer, 0, fits);
            lost += n - fits;
        }
        process.WaitForExit();
        return lost == 0 ? text.ToString() : text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n[{lost} more characters]\n").ToString();
    }
}
