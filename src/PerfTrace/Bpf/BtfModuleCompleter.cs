using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes the names of modules that have types.</summary>
public sealed class BtfModuleCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word) => BtfTypes.ModuleNames();
}
