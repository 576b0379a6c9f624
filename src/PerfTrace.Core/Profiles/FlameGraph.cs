using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace PerfTrace.Profiles;

/// <summary>
/// Draws a call tree as one SVG that needs nothing else: it is complete as a picture, and in a browser it zooms, searches and explains by a script of its own.
/// </summary>
public static class FlameGraph
{
    private const int DefaultWidth = 1200, Margin = 12, RowHeight = 18, HeaderHeight = 68, FooterHeight = 40;

    // Of a character of 12 px in the fonts that the style sheet names.
    private const double CharacterWidth = 7.23;

    private const int MinimumCharacters = 3;

    // Narrower frames get their tool tip from the script, when they are pointed at.
    private const double MinimumTitleWidth = 1;

    /// <summary>Writes the picture.</summary>
    public static void Write(TextWriter writer, CallTree tree, FlameGraphOptions options)
    {
        int width = options.Width ?? DefaultWidth;
        double room = width - (2.0 * Margin);
        var layout = new FlameLayout(tree, options.MinimumWidth / room);
        FlameDifference? difference = options.Baseline is null ? null : new FlameDifference(tree, options.Baseline);
        string unit = UnitOf(tree, options);
        int height = HeaderHeight + (layout.Rows.Count * RowHeight) + FooterHeight;

        writer.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        writer.Write(FormattableString.Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"));
        writer.Write($"<title>{Xml(options.Title)}</title>\n<style>\n{Resource("FlameGraph.css")}{FlamePalette.Rules(options.Coloring, difference is not null)}</style>\n");
        writer.Write(FormattableString.Invariant($"<rect id=\"page\" class=\"page\" width=\"{width}\" height=\"{height}\"/>\n"));
        writer.Write(FormattableString.Invariant($"<text class=\"title\" x=\"{Margin}\" y=\"30\">{Xml(options.Title)}</text>\n"));
        writer.Write(FormattableString.Invariant($"<text class=\"soft\" x=\"{Margin}\" y=\"50\">{Xml(Subtitle(tree, layout, unit, difference))}</text>\n"));
        WriteFrames(writer, tree, layout, options, difference, unit, room);
        WriteTools(writer, width, height);
        WriteScript(writer, tree, layout, options, difference, unit, width, height);
        writer.Write("</svg>\n");
    }

    /// <summary>A value in its unit, as it is read best.</summary>
    internal static string Amount(long value, string unit) => unit != "ns"
        ? string.Create(CultureInfo.InvariantCulture, $"{value:N0} {unit}")
        : value switch
        {
            >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.00} s"),
            >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.00} ms"),
            >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.00} µs"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value} ns"),
        };

    /// <summary>What the weights of a tree count: the kernel's clocks count nanoseconds, and so does what is blocked.</summary>
    internal static string UnitOf(string? eventName, bool countsSamples) => countsSamples
        ? "samples"
        : eventName?.Split(':') switch
        {
            null => "samples",
            ["cpu-clock" or "task-clock" or OffCpuWeights.EventName, ..] => "ns",
            _ => eventName,
        };

    private static string UnitOf(CallTree tree, FlameGraphOptions options) => UnitOf(tree.Event, options.CountsSamples);

    private static string Subtitle(CallTree tree, FlameLayout layout, string unit, FlameDifference? difference)
    {
        var text = new StringBuilder();
        if (tree.Event is not null && unit != tree.Event)
            text.Append(tree.Event).Append(" · ");
        text.Append(Amount(layout.Total, unit));
        if (unit != "samples")
            text.Append(CultureInfo.InvariantCulture, $" in {tree[0].Samples:N0} samples");
        if (difference is not null)
            text.Append(" · red: a greater share than before, blue: a smaller one");
        if (layout.LeftOut > 0)
            text.Append(CultureInfo.InvariantCulture, $" · {layout.LeftOut:N0} frames too narrow to be drawn");
        return text.ToString();
    }

    private static void WriteTools(TextWriter writer, int width, int height)
    {
        writer.Write(FormattableString.Invariant($"<foreignObject id=\"tools\" x=\"{width - Margin - 330}\" y=\"11\" width=\"333\" height=\"34\">"));
        writer.Write("<div xmlns=\"http://www.w3.org/1999/xhtml\" id=\"bar\"><input id=\"find\" type=\"text\" placeholder=\"Search (/)\" aria-label=\"Search\" autocomplete=\"off\" spellcheck=\"false\"/>");
        writer.Write("<button id=\"reset\" type=\"button\" disabled=\"disabled\">Reset zoom</button></div></foreignObject>\n");
        writer.Write(FormattableString.Invariant($"<rect id=\"strip\" class=\"page\" y=\"{height - 34}\" width=\"{width}\" height=\"34\"/>\n"));
        writer.Write(FormattableString.Invariant($"<text id=\"details\" class=\"soft\" x=\"{Margin}\" y=\"{height - 15}\"></text>\n"));
        writer.Write(FormattableString.Invariant($"<text id=\"matched\" class=\"soft\" x=\"{width - Margin}\" y=\"58\" text-anchor=\"end\"></text>\n"));
    }

    private static void WriteFrames(
        TextWriter writer, CallTree tree, FlameLayout layout, FlameGraphOptions options, FlameDifference? difference, string unit, double room)
    {
        double scale = layout.Total == 0 ? 0 : room / layout.Total;
        string?[] classes = new string?[tree.Frames.Count];
        writer.Write("<g id=\"frames\">\n");
        for (int depth = 0; depth < layout.Rows.Count; depth++)
        {
            int row = options.IsIcicle ? depth : layout.Rows.Count - 1 - depth;
            writer.Write(FormattableString.Invariant($"<g transform=\"translate(0 {HeaderHeight + (row * RowHeight)})\">\n"));
            foreach (FlameBox box in layout.Rows[depth])
            {
                bool isRoot = box.Node == 0;
                string name = isRoot ? "all" : tree.FrameOf(box.Node).Name;
                string colour = difference is not null ? FlamePalette.ClassOfChange(difference.ChangeOfSelf(box.Node), difference.Greatest)
                    : isRoot ? "l"
                    : classes[tree[box.Node].Frame] ??= FlamePalette.ClassOf(tree.FrameOf(box.Node), options.Coloring);
                double x = Margin + (box.Start * scale), width = layout.Total == 0 ? room : box.Total * scale;
                writer.Write($"<g class=\"f {colour}\">");
                if (width >= MinimumTitleWidth)
                    writer.Write(FormattableString.Invariant($"<title>{Xml(name)} — {Xml(Amount(box.Total, unit))}, {Percent(box.Total, layout.Total):0.00} %</title>"));
                writer.Write(FormattableString.Invariant($"<rect x=\"{x:0.##}\" width=\"{width:0.##}\" height=\"{RowHeight - 1}\" rx=\"1.5\"/>"));
                int characters = (int)((width - 7) / CharacterWidth);
                if (characters >= MinimumCharacters)
                    writer.Write(FormattableString.Invariant($"<text x=\"{x + 4:0.##}\" y=\"13\">{Xml(name.Length <= characters ? name : name[..(characters - 1)] + "…")}</text>"));
                writer.Write("</g>\n");
            }
            writer.Write("</g>\n");
        }
        writer.Write("</g>\n");
    }

    private static void WriteScript(
        TextWriter writer, CallTree tree, FlameLayout layout, FlameGraphOptions options, FlameDifference? difference, string unit, int width, int height)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var frames = new StringBuilder();
        foreach (FlameBox box in layout.Rows.SelectMany(static r => r))
        {
            string name = box.Node == 0 ? "all" : tree.FrameOf(box.Node).Name;
            if (!names.TryGetValue(name, out int number))
                names.Add(name, number = names.Count);
            frames.Append(CultureInfo.InvariantCulture, $"{number},{box.Start},{box.Total},{tree[box.Node].Self},");
            if (difference is not null)
                frames.Append(CultureInfo.InvariantCulture, $"{difference.TotalBefore(box.Node)},");
            // Lines of bearable length.
            if (number % 8 == 7)
                frames.Append('\n');
        }
        // The default encoder of JSON leaves no character in that XML or HTML would take for their own.
        writer.Write("<script>\nconst flame = {\n");
        writer.Write(FormattableString.Invariant($"width: {width}, height: {height}, margin: {Margin}, fluid: {(options.Width is null ? "true" : "false")}, icicle: {(options.IsIcicle ? "true" : "false")},\n"));
        writer.Write(FormattableString.Invariant($"total: {layout.Total}, totalBefore: {options.Baseline?.Total ?? 0}, unit: {JsonSerializer.Serialize(unit)}, columns: {(difference is null ? 4 : 5)},\n"));
        writer.Write($"names: {JsonSerializer.Serialize(names.Keys)},\nframes: [{frames}] }};\n//<![CDATA[\n{Resource("FlameGraph.js")}//]]>\n</script>\n");
    }

    private static double Percent(long part, long total) => total == 0 ? 100 : 100.0 * part / total;

    // Characters that can not be in XML 1.0 become U+FFFD.
    private static string Xml(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                < ' ' and not '\t' or 0xfffe or 0xffff => escaped.Append('\ufffd'),
                _ => escaped.Append(rune.ToString()),
            };
        }
        return escaped.ToString();
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
