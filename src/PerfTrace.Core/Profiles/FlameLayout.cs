namespace PerfTrace.Profiles;

/// <summary>Where the frames of a flame graph stand: rows by depth, in each the callees above their callers, by name.</summary>
internal sealed class FlameLayout
{
    private readonly List<List<FlameBox>> _rows = [];

    /// <param name="tree">What is drawn.</param>
    /// <param name="minimumShare">Frames with less are left out.</param>
    public FlameLayout(CallTree tree, double minimumShare)
    {
        Total = tree.Total;
        // By hand, as stacks may be deep.
        var open = new Stack<FlameBox>();
        open.Push(new FlameBox(0, 0, 0, Total));
        var children = new List<int>();
        while (open.TryPop(out FlameBox box))
        {
            Place(box);
            children.Clear();
            children.AddRange(tree.ChildrenOf(box.Node));
            children.Sort((a, b) => string.CompareOrdinal(tree.FrameOf(a).Name, tree.FrameOf(b).Name) is not 0 and var order ? order : a.CompareTo(b));
            long start = box.Start;
            foreach (int child in children)
            {
                long total = tree[child].Total;
                if (total > 0 && total >= minimumShare * Total)
                    open.Push(new FlameBox(child, box.Depth + 1, start, total));
                else
                    LeftOut++;
                start += total;
            }
        }
        foreach (List<FlameBox> row in _rows)
            row.Sort(static (a, b) => a.Start.CompareTo(b.Start));
    }

    public long Total { get; }

    public IReadOnlyList<IReadOnlyList<FlameBox>> Rows => _rows;

    /// <summary>Frames that were too narrow; what they call is not counted.</summary>
    public int LeftOut { get; private set; }

    private void Place(FlameBox box)
    {
        if (_rows.Count == box.Depth)
            _rows.Add([]);
        _rows[box.Depth].Add(box);
    }
}
