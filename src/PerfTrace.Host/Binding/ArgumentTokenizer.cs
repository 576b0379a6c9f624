namespace PerfTrace.Host.Binding;

/// <summary>Makes tokens of arguments that a shell has already split and unquoted.</summary>
internal static class ArgumentTokenizer
{
    /// <param name="arguments">The cmdlet's name and what follows it.</param>
    public static CommandCall Tokenize(IReadOnlyList<string> arguments)
    {
        var builder = new TokenBuilder();
        for (int i = 1; i < arguments.Count; i++)
        {
            if (arguments[i] == "--")
            {
                builder.AddCommandLine([.. arguments.Skip(i + 1)]);
                break;
            }

            if (arguments[i] == "--output" || arguments[i].StartsWith("--output=", StringComparison.Ordinal))
                throw new UsageException($"--output goes before the name of the cmdlet: perftrace --output ... {arguments[0]}");

            // An empty argument was quoted, or the shell would not have passed it.
            builder.Add(arguments[i].Length == 0 ? new QuotedText("\0", "\0") : QuotedText.Bare(arguments[i]));
        }

        return new CommandCall(arguments[0], builder.Build());
    }
}
