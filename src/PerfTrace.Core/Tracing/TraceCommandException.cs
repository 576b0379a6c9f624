using System.Globalization;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// The kernel could not make sense of a command: a filter, a trigger, a probe. The message has its reason, the command, and a caret under the
/// place.
/// </summary>
public sealed class TraceCommandException : KernelException
{
    private readonly TraceErrorEntry _entry;

    internal TraceCommandException(Errno errno, string path, TraceErrorEntry entry, string? target = null, string? advice = null)
        : base(errno, "write", path, advice, Describe(entry, target))
    {
        _entry = entry;
        Target = target;
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

    /// <summary>What the command was for: an event; null where the command says that itself.</summary>
    public string? Target { get; }

    /// <summary>The command, and under it a caret at the place.</summary>
    public string CaretText => Caret(Command, Position);

    /// <summary>The reason on one line: for where line breaks are lost.</summary>
    public string OneLine => string.Create(CultureInfo.InvariantCulture, $"{Head(Target, Reason, Location)}, at character {Position + 1} of '{Command}'.");

    /// <summary>The same with what to do about it, from someone who knows more of the command.</summary>
    internal TraceCommandException WithAdvice(string advice) => new(Errno, Subject!, _entry, Target, advice);

    private static string Describe(TraceErrorEntry entry, string? target) =>
        $"{Head(target, entry.Message, entry.Location)}\n{Caret(entry.Command, entry.Position)}";

    private static string Head(string? target, string reason, string location) =>
        $"{(target is null ? "" : $"{target}: ")}{reason} ({location.Replace(" parse error", "", StringComparison.Ordinal)})";

    private static string Caret(string command, int position) => $"  {command}\n  {new string(' ', position)}^";
}
