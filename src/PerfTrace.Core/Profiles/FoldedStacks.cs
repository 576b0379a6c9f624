namespace PerfTrace.Profiles;

/// <summary>Call trees as folded stacks.</summary>
public static class FoldedStacks
{
    /// <summary>One for each stack that was counted, sorted by their frames.</summary>
    public static IEnumerable<FoldedStack> Of(CallTree tree, bool marksKernel = false, bool marksGenerated = false)
    {
        string?[] names = new string?[tree.Frames.Count];
        var stacks = new List<FoldedStack>();
        var frames = new List<string>();
        for (int node = 1; node < tree.Count; node++)
        {
            if (tree[node] is { SelfSamples: 0, Self: 0 })
                continue;
            frames.Clear();
            for (int n = node; n != 0; n = tree[n].Parent)
                frames.Add(names[tree[n].Frame] ??= FoldedNames.Format(tree.FrameOf(n), marksKernel, marksGenerated));
            frames.Reverse();
            stacks.Add(new FoldedStack(frames.ToArray(), tree[node].Self));
        }
        stacks.Sort(static (a, b) => Compare(a.Frames, b.Frames));
        return stacks;
    }

    private static int Compare(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        for (int i = 0; i < a.Count && i < b.Count; i++)
        {
            if (string.CompareOrdinal(a[i], b[i]) is not 0 and var order)
                return order;
        }
        return a.Count.CompareTo(b.Count);
    }
}
