using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the functions of the file that was typed: <c>/bin/bash:readl</c>.</summary>
public sealed class UProbeLocationCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        int colon = word.LastIndexOf(':');
        if (colon < 1)
            return []; // files are completed by the shell
        string file = word[..colon];
        string? path = file.Contains('/', StringComparison.Ordinal) || File.Exists(file) ? file : InPath(file);
        return path is null ? [] : CompletionText.Match(wordToComplete, UProbeResolver.FunctionNames(path).Select(name => $"{file}:{name}"));
    }

    private static string? InPath(string name)
    {
        try
        {
            return CommandPath.Find(name, "/");
        }
        catch (CommandException)
        {
            return null;
        }
    }
}
