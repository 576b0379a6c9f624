namespace PerfTrace.Kernel;

/// <summary>A command that can not be started.</summary>
/// <param name="command">Its name as it was given.</param>
/// <param name="exitStatus">What a shell would report: 127 not found, 126 not executable.</param>
/// <param name="message">Why, and what to do.</param>
public sealed class CommandException(string command, int exitStatus, string message) : Exception($"{message} (status {exitStatus})")
{
    public string Command { get; } = command;

    public int ExitStatus { get; } = exitStatus;

    /// <summary>What exec(2) said, in the words of a shell.</summary>
    internal static CommandException NotExecutable(string command, Interop.Errno errno) =>
        new(command, errno == Interop.Errno.ENOENT ? 127 : 126, errno switch
        {
            Interop.Errno.ENOEXEC => $"The command '{command}' can not be run: it is neither a program of this machine nor a script that names its interpreter (#!).",
            Interop.Errno.ENOENT => $"The command '{command}' was not found, or the interpreter that it names was not.",
            _ => $"The command '{command}' can not be run: {Interop.KernelException.TextOf(errno)}.",
        });
}
