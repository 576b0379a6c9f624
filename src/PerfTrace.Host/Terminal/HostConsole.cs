namespace PerfTrace.Host.Terminal;

/// <summary>The two outputs and the input of the program, and which of them are a terminal.</summary>
internal sealed class HostConsole
{
    /// <summary>Columns of a terminal that does not say.</summary>
    private const int UsualWidth = 80;

    private HostConsole(TextWriter output, TextWriter error, TextReader input)
    {
        Out = output;
        Error = error;
        In = input;
        Progress = new ProgressLine(this);
    }

    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public TextReader In { get; }

    public ProgressLine Progress { get; }

    public bool IsOutTerminal { get; private init; }

    public bool IsErrorTerminal { get; private init; }

    /// <summary>True if there is somebody to ask.</summary>
    public bool CanAsk { get; private init; }

    public bool HasColorOut { get; private init; }

    public bool HasColorError { get; private init; }

    /// <summary>Columns of the terminal; without one, lines may be as long as they need to be.</summary>
    public int Width { get; private init; } = int.MaxValue;

    /// <summary>Columns of the terminal that standard error is, for the line that shows progress.</summary>
    public int ErrorWidth { get; private init; } = UsualWidth;

    /// <summary>The process's own standard streams.</summary>
    public static HostConsole Standard()
    {
        bool isOutTerminal = TerminalDevice.IsTerminal(1), isErrorTerminal = TerminalDevice.IsTerminal(2);
        bool wantsColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        int columns = TerminalDevice.Size(isOutTerminal ? 1 : 2)?.Columns ?? UsualWidth;
        var error = new StreamWriter(new DescriptorStream(2), bufferSize: 1024) { AutoFlush = true };
        return new HostConsole(new PromptWriter(new DescriptorStream(1)), error, new LazyStandardInput())
        {
            IsOutTerminal = isOutTerminal,
            IsErrorTerminal = isErrorTerminal,
            CanAsk = isErrorTerminal && TerminalDevice.IsTerminal(0),
            HasColorOut = isOutTerminal && wantsColor,
            HasColorError = isErrorTerminal && wantsColor,
            Width = isOutTerminal ? columns : int.MaxValue,
            ErrorWidth = columns,
        };
    }

    /// <summary>A console of texts, for tests and other callers in the same process.</summary>
    public static HostConsole OfText(TextWriter output, TextWriter error, TextReader? input = null, bool isTerminal = false, bool hasColor = false, int width = UsualWidth) =>
        new(output, error, input ?? TextReader.Null)
        {
            IsOutTerminal = isTerminal,
            IsErrorTerminal = isTerminal,
            CanAsk = input is not null,
            HasColorOut = hasColor,
            HasColorError = hasColor,
            Width = isTerminal ? width : int.MaxValue,
            ErrorWidth = width,
        };

    /// <summary>Makes room on the terminal and keeps the order: what was written to one stream before stands above.</summary>
    public void PrepareToWrite(TextWriter writer)
    {
        Progress.Clear();
        if (writer != Error)
            return;
        try
        {
            Out.Flush();
        }
        catch (IOException)
        {
            // The next write to it fails the same way, and that is where it ends the pipeline.
        }
    }
}
