using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;

namespace PerfTrace.Commands;

/// <summary>Completes names that the kernel is asked for. Where it does not tell them there are none: the cmdlet itself gets the error.</summary>
public abstract class KernelNameCompleter : IArgumentCompleter
{
    // More would keep the prompt waiting, and nobody reads them.
    private const int Most = 1000;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return [.. CompletionText.Match(wordToComplete, Names(commandName, wordToComplete)).Take(Most)];
        }
        catch (KernelException)
        {
            return [];
        }
    }

    /// <summary>The names.</summary>
    /// <param name="commandName">The cmdlet whose parameter is completed.</param>
    /// <param name="word">What is being typed; names that do not begin so are left out later.</param>
    private protected abstract IEnumerable<string> Names(string commandName, string word);
}
