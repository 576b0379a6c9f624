namespace PerfTrace.Profiles;

/// <summary>Matches the nodes of a tree with those of another by the names on the way from the root.</summary>
internal sealed class FlameDifference
{
    private readonly CallTree _tree, _before;
    private readonly int[] _match; // -1: not there

    public FlameDifference(CallTree tree, CallTree before)
    {
        (_tree, _before) = (tree, before);
        _match = new int[tree.Count];
        var children = new Dictionary<(int Parent, string Name), int>();
        for (int node = 1; node < before.Count; node++)
            children.TryAdd((before[node].Parent, before.FrameOf(node).Name), node);
        // Parents have lower numbers.
        for (int node = 1; node < tree.Count; node++)
        {
            int parent = _match[tree[node].Parent];
            _match[node] = parent >= 0 && children.TryGetValue((parent, tree.FrameOf(node).Name), out int match) ? match : -1;
        }
        for (int node = 0; node < tree.Count; node++)
            Greatest = Math.Max(Greatest, Math.Abs(ChangeOfSelf(node)));
    }

    /// <summary>The greatest change of any node, up or down.</summary>
    public double Greatest { get; }

    /// <summary>How much more of the whole, as a share, is spent in the function itself as it was called there: colours would tell little if callers showed it too.</summary>
    public double ChangeOfSelf(int node)
    {
        long before = _match[node] >= 0 ? _before[_match[node]].Self : 0;
        return Share(_tree[node].Self, _tree.Total) - Share(before, _before.Total);
    }

    /// <summary>What the node had in the other tree, with what it called.</summary>
    public long TotalBefore(int node) => _match[node] >= 0 ? _before[_match[node]].Total : 0;

    private static double Share(long part, long total) => total == 0 ? 0 : (double)part / total;
}
