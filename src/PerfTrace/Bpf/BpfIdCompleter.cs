using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Completes the ids of BPF programs, maps and links, by their beginning or by the object's name.</summary>
public sealed class BpfIdCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        var pattern = WildcardPattern.Get(word + "*", WildcardOptions.IgnoreCase);
        return Objects(commandName, parameterName).Select(static o => (Id: o.Id.ToString(CultureInfo.InvariantCulture), Name: o.ToString()!))
            .Where(o => o.Id.StartsWith(word, StringComparison.Ordinal) || pattern.IsMatch(o.Name))
            .Select(static o => new CompletionResult(o.Id, $"{o.Id} {o.Name}", CompletionResultType.ParameterValue, o.Name));
    }

    // -ProgramId of any cmdlet, else what the cmdlet is about.
    private static IReadOnlyList<BpfKernelObject> Objects(string command, string parameter)
    {
        try
        {
            return parameter.Equals("ProgramId", StringComparison.OrdinalIgnoreCase) || command.EndsWith("BpfProgram", StringComparison.OrdinalIgnoreCase) ? [.. BpfProgram.ReadAll()]
                : command.EndsWith("BpfMap", StringComparison.OrdinalIgnoreCase) ? [.. BpfMap.ReadAll()] : [.. BpfLink.ReadAll()];
        }
        catch (KernelException)
        {
            return []; // not for this user
        }
    }
}
