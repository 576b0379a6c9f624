using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// The kernel could not make sense of a command: a filter, a trigger, a probe. The message has its reason, the command, and a caret under the
/// place.
/// </summary>
public sealed class TraceCommandException : KernelException
{
    internal TraceCommandException(Errno errno, string path, TraceErrorEntry entry)
        : base(errno, "write", path, null, Describe(entry))
    {
        Location = entry.Location;
        Reason = entry.Message;
        Command = entry.Command;
        Position = entry.Position;
    }

    /// <summary>Which parser of the kernel complains: <c>event filter parse error</c>, <c>trace_kprobe</c>.</summary>
    public string Location { get; }

    /// <summary>The kernel's reason.</summary>
    public string Reason { get; }

    /// <summary>The command as the kernel has it.</summary>
    public string Command { get; }

    /// <summary>Where in <see cref="Command"/> it is wrong, in characters from 0.</summary>
    public int Position { get; }

    private static string Describe(TraceErrorEntry entry) =>
        $"{entry.Message} ({entry.Location.Replace(" parse error", "", StringComparison.Ordinal)})\n  {entry.Command}\n  {new string(' ', entry.Position)}^";
}
