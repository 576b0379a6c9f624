using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of trace clocks.</summary>
public sealed class TraceClockCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word) => TraceBuffers.Clocks(TracingDirectory.Open(SystemPaths.Default));
}
