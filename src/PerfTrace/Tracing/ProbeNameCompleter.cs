using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of kprobes or uprobes, as the command is for the one or the other.</summary>
public sealed class ProbeNameCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word)
    {
        TracingDirectory directory = TracingDirectory.Open(SystemPaths.Default);
        return commandName.EndsWith("KProbe", StringComparison.OrdinalIgnoreCase)
            ? KProbes.List(directory).Select(static p => p.Event)
            : UProbes.List(directory).Select(static p => p.Event);
    }
}
