using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes the names of disks.</summary>
public sealed class DiskCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string folder = Path.Combine(SystemPaths.Default.Sys, "block");
        return CompletionText.Match(wordToComplete, Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(static d => Path.GetFileName(d)).Order(StringComparer.Ordinal) : []);
    }
}
