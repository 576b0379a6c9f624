using System.Globalization;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>Writes commands, and tells from the kernel's error_log why one was refused.</summary>
internal static class TraceCommand
{
    /// <summary>Writes a line in place of what the file has: a filter.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="relativePath">Which file.</param>
    /// <param name="command">The line.</param>
    /// <param name="target">What messages say that it is for; null where the command says it.</param>
    /// <exception cref="TraceCommandException">The kernel refused it and said why.</exception>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public static void Write(TracingDirectory directory, string relativePath, string command, string? target = null) =>
        Run(directory, command, target, () => directory.WriteText(relativePath, command));

    /// <summary>Adds a line to a file of many entries: a trigger, a dynamic event.</summary>
    /// <inheritdoc cref="Write"/>
    public static void Append(TracingDirectory directory, string relativePath, string command, string? target = null) =>
        Run(directory, command, target, () => directory.AppendText(relativePath, command));

    private static void Run(TracingDirectory directory, string command, string? target, Action write)
    {
        IReadOnlyList<TraceErrorEntry> before = TraceErrorLog.Read(directory);
        try
        {
            write();
        }
        catch (KernelException e) when (e.Call == "write")
        {
            if (TraceErrorLog.FindNew(before, TraceErrorLog.Read(directory), command) is { } entry)
                throw new TraceCommandException(e.Errno, e.Subject ?? directory.Path, entry, target);
            // Filters and triggers are copied into one page (event_filter_write() and event_trigger_regex_write() in kernel/trace).
            int bytes = Encoding.UTF8.GetByteCount(command) + 1;
            if (e.Errno == Errno.EINVAL && bytes >= Environment.SystemPageSize)
                throw KernelException.Create(e.Errno, e.Call, e.Subject, string.Create(CultureInfo.InvariantCulture, $"The kernel takes less than {Environment.SystemPageSize} bytes here, and these are {bytes}: make it shorter."));
            throw;
        }
    }
}
