using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Completes the kernel's words for types of programs, maps and links, by the command that they are for.</summary>
public sealed class BpfTypeCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, Words(
            parameterName.Equals("AttachType", StringComparison.OrdinalIgnoreCase) ? typeof(BpfAttachType)
            : commandName.EndsWith("BpfMap", StringComparison.OrdinalIgnoreCase) ? typeof(BpfMapType)
            : commandName.EndsWith("BpfLink", StringComparison.OrdinalIgnoreCase) ? typeof(BpfLinkType)
            : typeof(BpfProgramType)));

    /// <summary>The words of an enumeration, without that for none.</summary>
    internal static IEnumerable<string> Words(Type type) => Enum.GetValues(type).Cast<object>().Select(static value => value switch
    {
        BpfMapType map => BpfNames.Of(map),
        BpfLinkType link => BpfNames.Of(link),
        BpfAttachType attach => BpfNames.Of(attach),
        _ => BpfNames.Of((BpfProgramType)value),
    }).Where(static word => word != "unspec");
}
