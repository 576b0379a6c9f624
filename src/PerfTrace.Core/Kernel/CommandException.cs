namespace PerfTrace.Kernel;

/// <summary>A command that can not be started.</summary>
/// <param name="command">Its name as it was given.</param>
/// <param name="exitStatus">What a shell would report: 127 not found, 126 not executable.</param>
/// <param name="message">Why, and what to do.</param>
public sealed class CommandException(string command, int exitStatus, string message) : Exception($"{message} (status {exitStatus})")
{
    public string Command { get; } = command;

    public int ExitStatus { get; } = exitStatus;
}
