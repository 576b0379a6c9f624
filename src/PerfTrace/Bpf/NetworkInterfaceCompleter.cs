using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net.NetworkInformation;

namespace PerfTrace.Commands;

/// <summary>Completes the names of network interfaces.</summary>
public sealed class NetworkInterfaceCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionText.Match(wordToComplete, NetworkInterface.GetAllNetworkInterfaces().Select(static i => i.Name).Order(StringComparer.Ordinal));
}
