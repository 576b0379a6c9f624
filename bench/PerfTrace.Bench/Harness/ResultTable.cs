namespace PerfTrace.Bench;

/// <summary>Prints rows as a Markdown table with aligned columns: readable in a terminal, and ready for README.md.</summary>
internal static class ResultTable
{
    private static readonly string[] Header = ["name", "ours", "peer", "ratio", "goal", "verdict"];

    public static void Print(IReadOnlyList<Row> rows, TextWriter output)
    {
        List<string[]> lines = [Header, .. rows.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, Header.Length).Select(column => lines.Max(line => line[column].Length))];
        for (int i = 0; i < lines.Count; i++)
        {
            output.WriteLine("| " + string.Join(" | ", lines[i].Select((cell, column) => cell.PadRight(widths[column]))) + " |");
            if (i == 0)
                output.WriteLine("|" + string.Join('|', widths.Select(static w => new string('-', w + 2))) + "|");
        }
    }

    private static string[] Cells(Row row) =>
        [row.Name, row.Ours, row.Peer, row.Ratio, row.Goal, row.Verdict switch
        {
            Verdict.None => "",
            Verdict.Met => "met",
            Verdict.Near => "near",
            Verdict.Missed => "MISSED",
            _ => "not measured",
        }];
}
