using System.Globalization;
using System.Text;

namespace PerfTrace.Commands;

/// <summary>Lines that are drawn over themselves, on the terminal's second screen: what was there before comes back at the end.</summary>
internal sealed class LiveScreen : IDisposable
{
    // xterm's control sequences (ctlseqs): DECSET 1049 second screen, 25 cursor; CUP; EL and ED erase to the end; SGR 7 reverse.
    private const string Open = "\e[?1049h\e[?25l", Close = "\e[?25h\e[?1049l", Home = "\e[H", ToLineEnd = "\e[K", ToScreenEnd = "\e[J", Reverse = "\e[7m", Plain = "\e[0m";

    private bool _isOpen;

    /// <summary>Somebody looks at a terminal that understands control sequences.</summary>
    public static bool IsThere => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    // A terminal that does not tell its size is as large as the first ones were.
    public static int Width => Console.WindowWidth is > 0 and var width ? width : 80;

    public static int Height => Console.WindowHeight is > 0 and var height ? height : 24;

    /// <summary>Draws; the first line stands out.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder();
        if (!_isOpen)
            text.Append(Open);
        _isOpen = true;
        text.Append(Home);
        for (int i = 0; i < lines.Count; i++)
        {
            // No line break behind the last line: it would scroll.
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? Reverse : "")}{lines[i]}{(i == 0 ? Plain : "")}{ToLineEnd}{(i < lines.Count - 1 ? "\r\n" : "")}");
        }
        Console.Out.Write(text.Append(ToScreenEnd).ToString());
        Console.Out.Flush();
    }

    public void Dispose()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        Console.Out.Write(Close);
        Console.Out.Flush();
    }
}
