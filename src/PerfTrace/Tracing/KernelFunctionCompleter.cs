using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of kernel functions.</summary>
public sealed class KernelFunctionCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName) => KernelFunctions.List(SystemPaths.Default).Select(static f => f.Name);
}
