using PerfTrace.Host.Binding;
using PerfTrace.Host.Rendering;

namespace PerfTrace.Host;

/// <summary>What stands before the name of the cmdlet.</summary>
/// <param name="Output">Null if not given.</param>
/// <param name="Rest">The cmdlet's name and all after it, or one text with a whole pipeline.</param>
internal sealed record GlobalOptions(OutputFormat? Output, bool IsHelp, bool IsVersion, IReadOnlyList<string> Rest)
{
    public static GlobalOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new GlobalOptions(Output: null, IsHelp: false, IsVersion: false, Rest: []);
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument is "-o" or "--output")
            {
                if (++i == arguments.Count)
                    throw new UsageException($"A form of output is expected after {argument}: {OutputFormats.Names}.");
                options = options with { Output = OutputFormats.Parse(arguments[i]) };
            }
            else if (argument.StartsWith("--output=", StringComparison.Ordinal))
            {
                options = options with { Output = OutputFormats.Parse(argument["--output=".Length..]) };
            }
            else if (argument is "-h" or "--help" or "-?")
            {
                options = options with { IsHelp = true };
            }
            else if (argument == "--version")
            {
                options = options with { IsVersion = true };
            }
            else if (argument.StartsWith('-'))
            {
                throw new UsageException($"There is no option {argument}. 'perftrace --help' lists them; parameters of a cmdlet come after its name.");
            }
            else
            {
                return options with { Rest = [.. arguments.Skip(i)] };
            }
        }

        return options;
    }
}
