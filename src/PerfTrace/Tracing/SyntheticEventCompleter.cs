using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of synthetic events.</summary>
public sealed class SyntheticEventCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word) => SyntheticEvents.List(SystemPaths.Default).Select(static e => e.Name);
}
