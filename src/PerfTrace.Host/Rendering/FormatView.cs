namespace PerfTrace.Host.Rendering;

/// <summary>How objects of some types are shown.</summary>
/// <param name="GroupBy">The property whose every new value begins a new group, or null.</param>
internal sealed record FormatView(
    string Name,
    ViewShape Shape,
    IReadOnlyList<string> TypeNames,
    IReadOnlyList<ViewField> Fields,
    ViewField? GroupBy = null,
    bool HidesHeaders = false);
