using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A probe in the kernel (Documentation/trace/kprobetrace.rst).</summary>
/// <param name="Group">The event's system.</param>
/// <param name="Name">The event's name.</param>
/// <param name="Location">Where.</param>
/// <param name="IsReturn">It fires when the function returns.</param>
/// <param name="MaximumActive">How many calls may be under way at a time for a return probe; null leaves it to the kernel.</param>
/// <param name="Arguments">What is fetched.</param>
public sealed record KProbeDefinition(
    string Group, string Name, KProbeLocation Location, bool IsReturn, int? MaximumActive, IReadOnlyList<ProbeArgument> Arguments)
    : ProbeDefinition(Group, Name, IsReturn, Arguments)
{
    protected override string Place => Location.ToString();

    protected override string Options => IsReturn ? MaximumActive?.ToString(CultureInfo.InvariantCulture) ?? "" : "";
}
