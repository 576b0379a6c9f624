using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>One event that there is, which an attach point means.</summary>
/// <param name="Name">Its full name, as <c>probe</c> gives it and <c>-l</c> lists it.</param>
/// <param name="Context">What a program for it sees; without the probe's number.</param>
/// <param name="Hook">Where the program is attached; null: the session runs it itself, at its begin or end.</param>
internal sealed record ProbeTarget(string Name, ProbeContext Context, BpfHook? Hook)
{
    /// <summary>Of a watchpoint what it is at.</summary>
    public ulong? WatchedAddress { get; init; }

    /// <summary>The attach point that means it, for messages.</summary>
    public SourceSpan Span { get; init; }
}
