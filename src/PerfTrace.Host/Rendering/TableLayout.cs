namespace PerfTrace.Host.Rendering;

/// <summary>Finds widths as PowerShell does: the view's, else the content's; columns that do not fit are shortened, then left out from the right.</summary>
internal static class TableLayout
{
    private const int Gap = 1;
    private const int NarrowestText = 10;

    public static List<ColumnLayout> Fit(IReadOnlyList<ViewField> fields, IReadOnlyList<bool> alignsRight, IReadOnlyList<string[]> rows, int roomForAll)
    {
        var columns = new List<ColumnLayout>(fields.Count);
        for (int i = 0; i < fields.Count; i++)
        {
            int width = fields[i].Width > 0 ? fields[i].Width : Math.Max(fields[i].Label.Length, rows.Count == 0 ? 0 : rows.Max(row => row[i].Length));
            columns.Add(new ColumnLayout(i, fields[i].Label, width, alignsRight[i]));
        }

        Shorten(columns, fields, roomForAll);
        while (columns.Count > 1 && TotalWidth(columns) > roomForAll)
            columns.RemoveAt(columns.Count - 1);
        if (columns.Count > 0)
            columns[^1] = columns[^1] with { Width = LastWidth(columns, fields, roomForAll) };
        return columns;
    }

    /// <summary>Takes what is too much from the widest texts; numbers and widths that the view gives are left alone.</summary>
    private static void Shorten(List<ColumnLayout> columns, IReadOnlyList<ViewField> fields, int roomForAll)
    {
        for (int excess = TotalWidth(columns) - roomForAll; excess > 0; excess = TotalWidth(columns) - roomForAll)
        {
            ColumnLayout? widest = columns
                .Where(column => !column.AlignsRight && fields[column.Index].Width == 0 && column.Width > Math.Max(NarrowestText, column.Label.Length))
                .MaxBy(column => column.Width);
            if (widest is null)
                return;
            int narrowest = Math.Max(NarrowestText, widest.Label.Length);
            columns[columns.IndexOf(widest)] = widest with { Width = Math.Max(narrowest, widest.Width - excess) };
        }
    }

    private static int LastWidth(List<ColumnLayout> columns, IReadOnlyList<ViewField> fields, int roomForAll)
    {
        ColumnLayout last = columns[^1];
        int room = roomForAll == int.MaxValue ? int.MaxValue : Math.Max(1, roomForAll - (TotalWidth(columns) - last.Width));
        // A text at the end of the line needs no padding, so that later and longer ones may use all the room there is.
        return last.AlignsRight || fields[last.Index].Width > 0 ? Math.Min(last.Width, room) : room;
    }

    private static int TotalWidth(List<ColumnLayout> columns) => columns.Sum(column => column.Width) + (Gap * (columns.Count - 1));
}
