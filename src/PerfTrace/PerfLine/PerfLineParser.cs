using System.Management.Automation;
using System.Reflection;

namespace PerfTrace.Commands;

/// <summary>perf's option grammar (tools/lib/subcmd/parse-options.c): letters joined to one word, values joined or behind, <c>--name=value</c>, beginnings of names, <c>--</c>; the first other word ends the options.</summary>
internal sealed class PerfLineParser(IReadOnlyList<string> words)
{
    private readonly Queue<string> _words = new(words);

    public PerfLine Parse()
    {
        bool isVerbose = TakeVerbose();
        if (_words.Count == 0 || _words.Peek() is "help" or "-h" or "--help")
            throw new PerfLineException("PerfCommandMissing", "perf takes one of its commands: " + PerfCommands.Describe());
        string name = _words.Dequeue();
        PerfCommand command = PerfCommands.Find(name);
        var line = new PerfLine(command.Cmdlet) { IsVerbose = isVerbose };
        while (_words.TryPeek(out string? word) && word.Length > 1 && word[0] == '-')
        {
            _words.Dequeue();
            if (word == "--")
                break;
            if (word.Equals("-Verbose", StringComparison.OrdinalIgnoreCase))
                line.IsVerbose = true;
            else if (word is "-h" or "--help")
                throw new PerfLineException("PerfHelp", $"perf {name} is {command.Cmdlet}: {Parameters(command.Cmdlet)}. Get-Help {command.Cmdlet} -Full tells what they do.", word);
            else if (word.StartsWith("--", StringComparison.Ordinal))
                Long(command, line, word);
            else
                Letters(command, line, word);
        }
        command.Finish(line, [.. _words]);
        return line;
    }

    /// <summary>The parameters of a cmdlet, for a message.</summary>
    internal static string Parameters(string cmdlet)
    {
        Type type = typeof(PerfLineParser).Assembly.GetExportedTypes().Single(t => t.GetCustomAttribute<CmdletAttribute>() is { } a && $"{a.VerbName}-{a.NounName}" == cmdlet);
        return string.Join(", ", type.GetProperties().Where(static p => p.GetCustomAttributes<ParameterAttribute>().Any()).Select(static p => $"-{p.Name}"));
    }

    private bool TakeVerbose()
    {
        bool isThere = false;
        while (_words.TryPeek(out string? word) && word.Equals("-Verbose", StringComparison.OrdinalIgnoreCase))
        {
            _words.Dequeue();
            isThere = true;
        }
        return isThere;
    }

    private void Long(PerfCommand command, PerfLine line, string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word[2..] : word[2..equals];
        string? joined = equals < 0 ? null : word[(equals + 1)..];
        PerfOption option = command.Find(name) ?? throw Unknown(command, word);
        if (joined is not null && option.Value == PerfOptionValue.None)
            throw new PerfLineException("PerfOptionValue", $"perf's option {option.Name} has no value: {word}.", word);
        option.Apply(line, joined ?? Next(option));
    }

    private void Letters(PerfCommand command, PerfLine line, string word)
    {
        for (int i = 1; i < word.Length; i++)
        {
            PerfOption option = command.Find(word[i]) ?? throw Unknown(command, word.Length > 2 ? $"-{word[i]} (in {word})" : word);
            if (option.Value == PerfOptionValue.None)
            {
                option.Apply(line, null);
                continue;
            }
            string rest = word[(i + 1)..];
            option.Apply(line, rest.Length > 0 ? rest : Next(option));
            return;
        }
    }

    private string? Next(PerfOption option)
    {
        bool takes = option.Value == PerfOptionValue.Required || (option.Value == PerfOptionValue.Optional && _words.TryPeek(out string? next) && !next.StartsWith('-'));
        if (!takes)
            return null;
        return _words.TryDequeue(out string? value) && value != "--" ? value : throw new PerfLineException("PerfOptionValue", $"perf's option {option.Name} needs a value.", option.Name);
    }

    private static PerfLineException Unknown(PerfCommand command, string option)
    {
        string reason = command.Refused.TryGetValue(option.Split('=')[0], out string? advice) ? $" {advice}" : "";
        return new PerfLineException("PerfOptionNotFound",
            $"The option {option} of perf {command.Name} is not known here.{reason} perf {command.Name} is {command.Cmdlet}, whose parameters are {Parameters(command.Cmdlet)}.", option);
    }
}
