using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of tracers.</summary>
public sealed class TracerNameCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word) => Tracer.List(TracingDirectory.Open(SystemPaths.Default)).Select(static t => t.Name);
}
