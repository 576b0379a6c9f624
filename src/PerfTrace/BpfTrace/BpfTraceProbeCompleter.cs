using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Completes the names of probes, part by part: the kind, the category or file, the event. In a script, of the probe that is being written.</summary>
public sealed class BpfTraceProbeCompleter : IArgumentCompleter
{
    // More would keep the prompt waiting, and nobody reads them.
    private const int Most = 1000;

    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        bool isScript = parameterName == nameof(BpfTraceScriptCommand.Script);
        char quote = wordToComplete.Length > 0 && wordToComplete[0] is '\'' or '"' ? wordToComplete[0] : '\0';
        string text = quote == '\0' ? wordToComplete : wordToComplete[1..].TrimEnd(quote);
        // Behind the block of a probe, or a comma, another begins; within a block there is none.
        int begin = isScript ? BeginOfProbe(text) : 0;
        if (isScript && begin > 0 && !CanBegin(text[..begin]))
            return [];
        try
        {
            // A script goes on behind its probe: its quote stays open.
            return [.. Names(text[begin..]).Take(Most).Select(n => new CompletionResult(
                isScript ? $"{(quote == '\0' ? '\'' : quote)}{text[..begin]}{n}" : Quoted(n, quote), n, CompletionResultType.ParameterValue, n))];
        }
        catch (Exception e) when (e is ProbeNotFoundException or KernelException or ElfException or FileNotFoundException or CommandException or BtfException)
        {
            return []; // the cmdlet itself gets the error
        }
    }

    // A slash begins a condition, in which there are no probes; but within the name of a probe it is one of a path.
    private static int BeginOfProbe(string text)
    {
        int begin = text.LastIndexOfAny(['}', ',', '{', ' ', '\n']) + 1;
        return PathBegin(text[begin..]) > 0 ? begin : text.LastIndexOf('/') is var slash && slash >= begin ? slash + 1 : begin;
    }

    // Where the path begins in a probe of a kind that has one, "uprobe:/bin/ba"; 0: it has none.
    private static int PathBegin(string probe)
    {
        int colon = probe.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && BpfTraceProbes.IsOfFile(probe[..colon]) ? colon + 1 : 0;
    }

    // Within a condition no other probe begins.
    private static bool CanBegin(string before) => before.TrimEnd() is { } text && (text.Length == 0 || text[^1] is '}' or ',');

    private static string Quoted(string name, char quote) => quote == '\0' ? CompletionText.Bare(name) : $"{quote}{name}{quote}";

    private static IEnumerable<string> Names(string word)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal), last = word.LastIndexOf(':');
        if (colon < 0)
            return BpfTraceProbes.Kinds.Where(k => k.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(static k => $"{k}:");
        if (colon == last && PathBegin(word) is > 0 and var path && word.AsSpan(path).StartsWith('/'))
            return FileNames.Begin(word[path..]).Select(f => word[..path] + f);
        var probes = new BpfTraceProbes();
        // The categories first: there are thousands of events.
        IEnumerable<string> names = probes.List($"{word}*").Select(static p => p.Name);
        return colon == last && word.StartsWith("tracepoint:", StringComparison.Ordinal)
            ? probes.List("tracepoint:*").Select(static p => $"tracepoint:{p.Target}:").Distinct().Where(n => n.StartsWith(word, StringComparison.Ordinal)).Concat(names)
            : names;
    }
}
