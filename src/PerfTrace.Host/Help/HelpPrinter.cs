using PerfTrace.Host.Binding;
using PerfTrace.Host.Rendering;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Help;

/// <summary>Answers <c>--help</c>, <c>help</c> and <c>-?</c>.</summary>
internal sealed class HelpPrinter(HostConsole console, CommandTable table, HelpPages pages)
{
    private const string Usage = $"""
        perftrace runs the cmdlets of PerfTrace where PowerShell is not installed.

        Usage:
          perftrace [--output FORM] CMDLET [-Parameter value]... [-- command arguments...]
          perftrace [--output FORM] 'CMDLET ... | CMDLET ...'
          perftrace help [CMDLET]
          perftrace --version

        Options, before the name of the cmdlet:
          -o, --output FORM   {OutputFormats.Names}
                              (default: the cmdlet's own view on a terminal, otherwise jsonl, text as it is)
          -h, --help          this text

        Names, prefixes, aliases, positions, switches, lists (a,b) and pipes work as in PowerShell,
        but this is not a PowerShell: there are no variables, no script blocks, no expressions and no other
        cmdlets. For those, Import-Module PerfTrace in pwsh.

        Exit status: 0; 1 after an error; 2 for a command line that is wrong; 130 after Ctrl-C.
        """;

    public void PrintUsage()
    {
        console.Out.WriteLine(Usage);
        console.Out.WriteLine();
        PrintCmdlets();
    }

    /// <exception cref="UsageException">No such cmdlet.</exception>
    public void PrintCmdlet(string name)
    {
        CommandDefinition definition = table.Find(name);
        TextWriter output = console.Out;
        if (pages.Read(definition.Name) is { } page)
        {
            output.Write(MarkdownText.Render(page, console.HasColorOut));
            return;
        }

        output.WriteLine(definition.Name);
        output.WriteLine();
        foreach (string line in SyntaxText.Lines(definition))
            output.WriteLine("  " + line);
        output.WriteLine();
        PrintParameters(definition);
    }

    private void PrintParameters(CommandDefinition definition)
    {
        foreach (ParameterDefinition parameter in definition.Parameters)
        {
            if (parameter.IsCommon || parameter.IsHidden)
                continue;
            string aliases = parameter.Aliases.Count == 0 ? "" : $" (or -{string.Join(", -", parameter.Aliases)})";
            string? message = parameter.Entries.Select(entry => entry.Attribute.HelpMessage).FirstOrDefault(text => !string.IsNullOrEmpty(text));
            console.Out.WriteLine($"  -{parameter.Name}{aliases}" + (message is null ? "" : $": {message}"));
        }
    }

    private void PrintCmdlets()
    {
        IReadOnlyList<string> names = table.Names;
        int width = names.Count == 0 ? 0 : names.Max(name => name.Length);
        console.Out.WriteLine("Cmdlets ('perftrace help CMDLET' tells more):");
        foreach (string name in names)
            console.Out.WriteLine($"  {name.PadRight(width)}  {pages.Synopsis(name)}".TrimEnd());
    }
}
