using System.Text;

namespace PerfTrace.Profiles;

/// <summary>A flame graph of characters, for terminals: a row for each depth, each function as wide as its share.</summary>
public static class TextFlameGraph
{
    /// <summary>The rows, from the top.</summary>
    /// <param name="tree">What is drawn.</param>
    /// <param name="width">Columns.</param>
    /// <param name="options">The root at the top, and what the numbers are; the others are of pictures.</param>
    /// <param name="colour">The escape sequence that begins a kind's colour, null: no colours.</param>
    /// <param name="reset">The one that ends it.</param>
    public static IEnumerable<string> Draw(CallTree tree, int width, FlameGraphOptions options, Func<FrameKind, string>? colour = null, string reset = "")
    {
        // What has no column of its own is not drawn.
        var layout = new FlameLayout(tree, 0.5 / width);
        int count = layout.Rows.Count;
        for (int i = 0; i < count; i++)
            yield return Row(tree, layout, layout.Rows[options.IsIcicle ? i : count - 1 - i], width, options, colour, reset);
    }

    private static string Row(CallTree tree, FlameLayout layout, IReadOnlyList<FlameBox> boxes, int width, FlameGraphOptions options, Func<FrameKind, string>? colour, string reset)
    {
        var text = new StringBuilder();
        int column = 0;
        foreach (FlameBox box in boxes)
        {
            // By both edges, so that a function ends in the column that the next begins in, in every row.
            int start = Column(box.Start, layout.Total, width), end = Column(box.Start + box.Total, layout.Total, width);
            if (end <= start)
                continue;
            text.Append(' ', start - column);
            bool isRoot = box.Node == 0;
            string label = isRoot ? $"{tree.Event ?? "all"}: {FlameGraph.Amount(tree.Total, FlameGraph.UnitOf(tree.Event, options.CountsSamples))}" : tree.FrameOf(box.Node).Name;
            text.Append(colour?.Invoke(isRoot ? FrameKind.Label : tree.FrameOf(box.Node).Kind));
            text.Append(Cell(label, end - start));
            if (colour is not null)
                text.Append(reset);
            column = end;
        }
        return text.ToString().TrimEnd(' ');
    }

    // A bar at the left edge, the name, and something to see where the function ends.
    private static string Cell(string name, int width)
    {
        if (width == 1)
            return "│";
        int room = width - 1;
        string shown = name.Length <= room ? name : room == 1 ? "…" : string.Concat(name.AsSpan(0, room - 1), "…");
        return "│" + shown.PadRight(room, '·');
    }

    private static int Column(long value, long total, int width) => total == 0 ? (value == 0 ? 0 : width) : (int)Math.Round((double)value / total * width, MidpointRounding.AwayFromZero);
}
