using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Completes the names of BPF programs.</summary>
public sealed class BpfProgramCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, Names());

    private static IEnumerable<string> Names()
    {
        try
        {
            return [.. BpfProgram.ReadAll().Select(static p => p.Name).Where(static n => n.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (KernelException)
        {
            return []; // not for this user
        }
    }
}
