using System.Globalization;
using System.Text;
using Spectre.Console;

namespace PerfTrace.Host.Rendering;

/// <summary>
/// Draws rows with Spectre.Console: no borders, headers underlined as PowerShell's are. Nothing else in the program names that library, so that it is loaded
/// only when a table is drawn.
/// </summary>
internal sealed class SpectreTable(IReadOnlyList<ColumnLayout> columns, bool hasColor)
{
    private readonly Style _headerStyle = new(Color.Green, decoration: Decoration.Bold);

    public string DrawHeader()
    {
        string[] labels = [.. columns.Select(column => column.Label)];
        return Draw([labels, Array.ConvertAll(labels, label => new string('-', label.Length))], _headerStyle);
    }

    /// <param name="rows">Cells of all the view's fields; those without a column are passed over.</param>
    public string DrawRows(IReadOnlyList<string[]> rows) => Draw([.. rows.Select(row => columns.Select(column => row[column.Index]).ToArray())], Style.Plain);

    private string Draw(IReadOnlyList<string[]> rows, Style style)
    {
        var table = new Table().NoBorder().HideHeaders();
        int total = 0;
        for (int i = 0; i < columns.Count; i++)
        {
            // An open last column is as wide as these rows make it.
            int width = Math.Max(1, columns[i].Width == int.MaxValue ? rows.Max(row => row[i].Length) : columns[i].Width);
            int gap = i + 1 < columns.Count ? 1 : 0;
            total += width + gap;
            table.AddColumn(new TableColumn("")
            {
                Width = width,
                Padding = new Padding(0, 0, gap, 0),
                Alignment = columns[i].AlignsRight ? Justify.Right : Justify.Left,
                NoWrap = true,
            });
        }

        foreach (string[] row in rows)
            table.AddRow(row.Select((cell, i) => new Text(Cut(cell, columns[i].Width), style)));
        return Render(table, total);
    }

    private string Render(Table table, int width)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new TextOutput(text, width),
        });
        console.Write(table);
        // Spectre pads the last column too.
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd()));
    }

    private static string Cut(string cell, int width) => cell.Length <= width ? cell : string.Concat(cell.AsSpan(0, Math.Max(0, width - 1)), "…");

    /// <summary>
    /// A text of a given width. Spectre's own output asks .NET's Console for the size, which sets the terminal up for reading keys.
    /// </summary>
    private sealed class TextOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => int.MaxValue;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
