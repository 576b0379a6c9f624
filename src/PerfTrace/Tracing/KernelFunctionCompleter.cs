using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of kernel functions.</summary>
public sealed class KernelFunctionCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word) => KernelFunctions.Names(SystemPaths.Default, CompletionText.PrefixOf(word)).Distinct();
}
