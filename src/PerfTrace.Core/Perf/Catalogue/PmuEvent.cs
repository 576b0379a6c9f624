namespace PerfTrace.Perf;

/// <summary>An event that a PMU names in <c>events/</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Terms">What it stands for: <c>event=0x3c,umask=0x01</c>.</param>
/// <param name="Scale">From <c>NAME.scale</c>; 1 without.</param>
/// <param name="Unit">From <c>NAME.unit</c>; null without.</param>
internal sealed record PmuEvent(string Name, string Terms, double Scale, string? Unit);
