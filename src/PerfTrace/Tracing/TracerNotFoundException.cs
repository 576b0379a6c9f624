using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>There is no tracer of a name.</summary>
public sealed class TracerNotFoundException(string name, string place, IReadOnlyList<Tracer> tracers)
    : Exception($"There is no tracer '{name}' in {place}. There are: {string.Join(", ", tracers.Select(static t => t.Name))}.");
