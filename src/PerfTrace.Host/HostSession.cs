using System.Globalization;
using System.Reflection;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Rendering;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host;

/// <summary>
/// Runs cmdlets in this process as the program would, and gives back what they wrote. For tests: the streams come as objects and as
/// the text that a user would have seen, and <see cref="Stop"/> is Ctrl-C.
/// </summary>
public sealed class HostSession
{
    private readonly CommandTable _commands;
    private readonly Lock _gate = new();
    private StopState? _current;

    /// <param name="commands">The assembly with the cmdlets; null for PerfTrace's own.</param>
    public HostSession(Assembly? commands = null) => _commands = new CommandTable(commands ?? typeof(HostSession).Assembly);

    /// <summary>The form of <see cref="HostResult.StdOut"/> where the arguments do not say.</summary>
    public OutputFormat Output { get; init; } = OutputFormat.JsonLines;

    /// <summary>Where <c>views/</c> and <c>help/</c> are.</summary>
    public string Directory { get; init; } = AppContext.BaseDirectory;

    /// <summary>True to draw as on a terminal of <see cref="Width"/> columns.</summary>
    public bool IsTerminal { get; init; }

    public bool HasColor { get; init; }

    public int Width { get; init; } = 120;

    /// <summary>Lines typed at the terminal to answer questions; null if there is nobody to ask.</summary>
    public string? Input { get; init; }

    /// <summary>Called for each object as it leaves the last cmdlet, on the pipeline's thread. May call <see cref="Stop"/>.</summary>
    public Action<object?>? ObjectWritten { get; set; }

    /// <summary>Runs a pipeline: <c>Get-PerfEvent sched:* | Get-PerfCounter -Duration 1</c>.</summary>
    public HostResult Run(string commandLine)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(commandLine);
        // A space makes it a pipeline even if it is only a name.
        return Run([commandLine + " "]);
    }

    /// <summary>Runs the program with these arguments, its options included.</summary>
    public HostResult Run(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        using var input = Input is null ? null : new StringReader(Input);
        var observer = new RunObserver { OnObject = value => ObjectWritten?.Invoke(value) };
        var stop = new StopState();
        lock (_gate)
            _current = stop;

        HostConsole console = HostConsole.OfText(TextWriter.Synchronized(output), TextWriter.Synchronized(error), input, IsTerminal, HasColor, Width);
        var program = new HostProgram(console, () => _commands, Directory, stop) { Observer = observer, DefaultOutput = Output };
        int exitCode = program.Run(arguments);
        return new HostResult(exitCode, observer.Objects, observer.Errors, observer.Warnings, observer.Verbose, output.ToString(), error.ToString());
    }

    /// <summary>Stops the run that is under way, from any thread, as the first Ctrl-C does. Without a run nothing happens.</summary>
    public void Stop()
    {
        lock (_gate)
            _current?.Stop(ExitCodes.Interrupted);
    }
}
