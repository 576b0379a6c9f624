using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A probe in a program or library (Documentation/trace/uprobetracer.rst).</summary>
/// <param name="Group">The event's system.</param>
/// <param name="Name">The event's name.</param>
/// <param name="Path">The file, absolute.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="ReferenceCounterOffset">Where in the file the counter is that says whether anybody listens (a USDT semaphore); null without.</param>
/// <param name="IsReturn">It fires when the function returns.</param>
/// <param name="Arguments">What is fetched.</param>
public sealed record UProbeDefinition(
    string Group, string Name, string Path, ulong Offset, ulong? ReferenceCounterOffset, bool IsReturn, IReadOnlyList<ProbeArgument> Arguments)
    : ProbeDefinition(Group, Name, IsReturn, Arguments)
{
    protected override string Place
    {
        get
        {
            string path = ProbeText.CheckWord(Path, $"The path '{Path}'", "Make a symbolic link to it that has none, and use that.");
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}:0x{Offset:x}");
            return ReferenceCounterOffset is { } counter ? string.Create(CultureInfo.InvariantCulture, $"{place}(0x{counter:x})") : place;
        }
    }
}
