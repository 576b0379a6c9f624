using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Writes commands, and tells from the kernel's error_log why one was refused.</summary>
internal static class TraceCommand
{
    /// <summary>Writes a line in place of what the file has: a filter.</summary>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public static void Write(TracingDirectory directory, string relativePath, string command) =>
        Run(directory, command, () => directory.WriteText(relativePath, command));

    /// <summary>Adds a line to a file of many entries: a trigger, a dynamic event.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Append(TracingDirectory directory, string relativePath, string command) =>
        Run(directory, command, () => directory.AppendText(relativePath, command));

    private static void Run(TracingDirectory directory, string command, Action write)
    {
        IReadOnlyList<TraceErrorEntry> before = TraceErrorLog.Read(directory);
        try
        {
            write();
        }
        catch (KernelException e) when (e.Call == "write")
        {
            if (TraceErrorLog.FindNew(before, TraceErrorLog.Read(directory), command) is { } entry)
                throw new TraceCommandException(e.Errno, e.Subject ?? directory.Path, entry);
            throw;
        }
    }
}
