using System.Globalization;
using System.Text;

namespace PerfTrace.Profiles;

/// <summary>An interval of a live report as lines for a terminal.</summary>
/// <param name="keys">What it is grouped by: a column each.</param>
/// <param name="showChildren">Call stacks are there: a column for what is in a function and in what it called.</param>
/// <param name="endKey">The key that ends the watch.</param>
public sealed class PerfTopScreen(IReadOnlyList<ReportKey> keys, bool showChildren, string endKey)
{
    // The last column has what is left of the line.
    private const int WidestColumn = 24;

    // Event and headings, and at least one row.
    private const int SmallestPart = 3;

    /// <summary>The lines, none of them wider than the terminal: as many rows as fit, of each event the same number.</summary>
    /// <param name="interval">What is drawn.</param>
    /// <param name="lost">Samples lost until now.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Its lines.</param>
    /// <param name="culture">How numbers and times look.</param>
    public IReadOnlyList<string> Draw(PerfTopInterval interval, long lost, int width, int height, CultureInfo culture)
    {
        var lines = new List<string> { Cut(Summary(interval, lost, culture), width) };
        List<IGrouping<string?, PerfTopEntry>> events = [.. interval.Rows.GroupBy(static r => r.Event)];
        if (events.Count == 0)
            lines.Add(Cut("no samples", width));
        int left = height - lines.Count;
        for (int i = 0; i < events.Count && left >= SmallestPart; i++)
        {
            int part = Math.Max(SmallestPart, left / (events.Count - i));
            PerfTopEntry[] rows = [.. events[i].Take(part - 2)];
            lines.Add(Cut(events[i].Key ?? "", width));
            AddTable(lines, rows, width, culture);
            left = height - lines.Count;
        }
        return lines.Count > height ? lines[..Math.Max(0, height)] : lines;
    }

    private string Summary(PerfTopInterval interval, long lost, CultureInfo culture)
    {
        var text = new StringBuilder();
        text.Append(culture, $"{interval.Timestamp.LocalDateTime:T}  {interval.Samples:n0} samples in {interval.Length.TotalSeconds:0.0} s");
        if (interval.IdleSamples > 0)
            text.Append(culture, $"  idle {interval.IdleSamples:n0}");
        if (lost > 0)
            text.Append(culture, $"  lost {lost:n0}");
        return text.Append(culture, $"  ({endKey}: end)").ToString();
    }

    private void AddTable(List<string> lines, PerfTopEntry[] rows, int width, CultureInfo culture)
    {
        string[][] cells = [.. rows.Select(r => keys.Select(k => Printable(Value(k, r))).ToArray())];
        int[] widths = [.. keys.Select((k, i) => Math.Min(WidestColumn, Math.Max(k.Name.Length, cells.Max(c => c[i].Length))))];
        lines.Add(Cut(Line(showChildren ? "Children" : null, "Self", "Samples", [.. keys.Select(static k => k.Name)], widths), width));
        for (int i = 0; i < rows.Length; i++)
        {
            lines.Add(Cut(Line(showChildren ? Percent(rows[i].ChildrenPercent, culture) : null, Percent(rows[i].SelfPercent, culture),
                rows[i].Samples.ToString("n0", culture), cells[i], widths), width));
        }
    }

    private static string Percent(double value, CultureInfo culture) => value.ToString("0.00", culture) + " %";

    private static string Line(string? children, string self, string samples, string[] cells, int[] widths)
    {
        var text = new StringBuilder();
        if (children is not null)
            text.Append(CultureInfo.InvariantCulture, $"{children,9} ");
        text.Append(CultureInfo.InvariantCulture, $"{self,9} {samples,9} ");
        for (int i = 0; i < cells.Length; i++)
        {
            bool isLast = i == cells.Length - 1;
            text.Append(' ').Append(isLast ? cells[i] : Cut(cells[i], widths[i]).PadRight(widths[i]));
        }
        return text.ToString();
    }

    private static string Value(ReportKey key, PerfReportEntry row) => Convert.ToString(key.Kind switch
    {
        ReportKeyKind.Command => row.Command,
        ReportKeyKind.Process => row.ProcessId,
        ReportKeyKind.Thread => row.ThreadId,
        ReportKeyKind.Cpu => row.Cpu,
        ReportKeyKind.Event => row.Event,
        ReportKeyKind.Module => row.Module,
        ReportKeyKind.Symbol => row.Symbol,
        ReportKeyKind.SourceLine => row.SourceLine,
        _ => row.Values?.GetValueOrDefault(key.Name),
    }, CultureInfo.InvariantCulture) ?? "";

    // A program chooses its own name: what would steer the terminal does not reach it.
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c)) : text;

    private static string Cut(string text, int width) => text.Length <= width ? text : width < 1 ? "" : string.Concat(text.AsSpan(0, width - 1), "…");
}
