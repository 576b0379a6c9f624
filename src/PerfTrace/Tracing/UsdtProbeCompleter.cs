using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Interop;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes files, and behind the colon the USDT probes of the file that was typed: <c>/usr/bin/python3:python:func</c>.</summary>
public sealed class UsdtProbeCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Plain(wordToComplete);
        // The path may have colons, too: what is behind it has none, or one.
        for (int colon = word.LastIndexOf(':'); colon > 0; colon = word.LastIndexOf(':', colon - 1))
        {
            string file = word[..colon];
            if (ProbeFile.Find(file) is { } path)
                return CompletionText.MatchBehind(wordToComplete, word[..(colon + 1)], Probes(path).Select(static p => p.Probe).Distinct());
        }
        return FileNames.Complete(wordToComplete);
    }

    private static IReadOnlyList<UsdtProbe> Probes(string file)
    {
        try
        {
            return UsdtSources.OfFile(file);
        }
        catch (Exception e) when (e is ElfException or KernelException)
        {
            return []; // names for completion: whoever attaches to one gets the error
        }
    }
}
