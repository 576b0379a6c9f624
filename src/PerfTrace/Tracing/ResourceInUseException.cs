using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>A resource belongs to a session that still runs.</summary>
public sealed class ResourceInUseException(PerfTraceResource resource)
    : Exception($"{resource} belongs to process {resource.ProcessId}, which still runs. -Force removes it all the same.");
