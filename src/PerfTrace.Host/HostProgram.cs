using System.Management.Automation;
using System.Reflection;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Help;
using PerfTrace.Host.Rendering;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host;

/// <summary>One call of perftrace, from arguments to exit status.</summary>
/// <param name="commands">The cmdlets; made only when one is to be run or listed.</param>
/// <param name="directory">Where <c>views/</c> and <c>help/</c> are.</param>
internal sealed class HostProgram(HostConsole console, Func<CommandTable> commands, string directory, StopState stop)
{
    private readonly MessagePrinter _printer = new(console);

    /// <summary>Told of everything that passes; for callers in the same process.</summary>
    public RunObserver? Observer { get; init; }

    /// <summary>The form of output where the arguments do not say.</summary>
    public OutputFormat DefaultOutput { get; init; } = OutputFormat.Auto;

    public int Run(IReadOnlyList<string> arguments)
    {
        try
        {
            int exitCode = Dispatch(arguments);
            console.Out.Flush();
            return exitCode;
        }
        catch (UsageException exception)
        {
            Observer?.ErrorWritten(new ErrorRecord(exception, "Usage", ErrorCategory.SyntaxError, null));
            _printer.Usage($"perftrace: {exception.Message}");
            return ExitCodes.Usage;
        }
        catch (ParameterBindingException exception)
        {
            Observer?.ErrorWritten(exception.ErrorRecord);
            _printer.Error(exception.ErrorRecord);
            return ExitCodes.Usage;
        }
        catch (OutputClosedException)
        {
            // Help piped into head.
            return ExitCodes.Success;
        }
    }

    private int Dispatch(IReadOnlyList<string> arguments)
    {
        GlobalOptions options = GlobalOptions.Parse(arguments);
        if (options.IsVersion)
        {
            console.Out.WriteLine($"perftrace {Version}");
            return ExitCodes.Success;
        }

        if (options.IsHelp || options.Rest.Count == 0 || options.Rest[0].Equals("help", StringComparison.OrdinalIgnoreCase))
            return PrintHelp(options);

        IReadOnlyList<CommandCall> calls = ReadCalls(options.Rest);
        if (calls.FirstOrDefault(IsHelpCall) is { } asked)
        {
            NewHelp().PrintCmdlet(asked.Name);
            return ExitCodes.Success;
        }

        return RunPipeline(calls, options.Output ?? DefaultOutput);
    }

    private static string Version => typeof(HostProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static bool IsHelpCall(CommandCall call) => call.Tokens.OfType<ParameterToken>().Any(token => token.Text is "-?" or "--help");

    /// <summary>The name of a cmdlet never has a space in it, a pipeline in one argument always has.</summary>
    private static IReadOnlyList<CommandCall> ReadCalls(IReadOnlyList<string> rest)
    {
        if (!rest[0].Any(c => char.IsWhiteSpace(c) || c == '|'))
            return [ArgumentTokenizer.Tokenize(rest)];
        return rest.Count == 1
            ? CommandLineLexer.Lex(rest[0])
            : throw new UsageException($"'{rest[0]}' is a whole pipeline, and nothing can follow it. Put all of it into one quoted argument.");
    }

    private int PrintHelp(GlobalOptions options)
    {
        string[] names = [.. options.Rest.SkipWhile(word => word.Equals("help", StringComparison.OrdinalIgnoreCase))];
        if (names.Length == 0)
            NewHelp().PrintUsage();
        else
            NewHelp().PrintCmdlet(names[0]);
        // No arguments at all are a mistake, though the answer is the same.
        return options.IsHelp || options.Rest.Count > 0 ? ExitCodes.Success : ExitCodes.Usage;
    }

    private HelpPrinter NewHelp() => new(console, commands(), new HelpPages(Path.Combine(directory, "help")));

    private int RunPipeline(IReadOnlyList<CommandCall> calls, OutputFormat output)
    {
        IObjectSink sink = Renderers.Create(output, console, Path.Combine(directory, "views"));
        IMessageSink messages = _printer;
        if (Observer is not null)
            (sink, messages) = (new ObservedObjectSink(sink, Observer), new ObservedMessageSink(messages, Observer));
        using CommandPipeline pipeline = CommandPipeline.Create(calls, commands(), stop, sink, messages);
        return pipeline.Run();
    }
}
