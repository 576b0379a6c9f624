using System.Text;

namespace PerfTrace.Profiles;

/// <summary>A function in a call tree, as it was called by the one above it.</summary>
public sealed class PerfCallTreeNode
{
    private readonly CallTree _tree;
    private readonly int _node;
    private PerfCallTreeNode[]? _children;

    internal PerfCallTreeNode(CallTree tree, int node, PerfCallTreeNode? parent)
    {
        _tree = tree;
        _node = node;
        Parent = parent;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>The event; null for folded stacks, which do not tell it.</summary>
    public string? Event => _tree.Event;

    /// <summary>The function, or the command or other label; of the root the event. What has no symbol stands together as <c>[module]</c>.</summary>
    public string Symbol => _node == 0 ? Event ?? "all" : _tree.FrameOf(_node).Name;

    /// <summary>The program, library or kernel; null of what is no function.</summary>
    public string? Module => _node == 0 ? null : _tree.FrameOf(_node).Module;

    /// <summary>What it is.</summary>
    public FrameKind Kind => _node == 0 ? FrameKind.Label : _tree.FrameOf(_node).Kind;

    /// <summary>How far from the root.</summary>
    public int Depth { get; }

    /// <summary>Occurrences of the event in it.</summary>
    public long Self => _tree[_node].Self;

    /// <summary>Occurrences of the event in it and below.</summary>
    public long Total => _tree[_node].Total;

    /// <summary>Samples that were taken in it and below.</summary>
    public long Samples => _tree[_node].Samples;

    /// <summary>The share of <see cref="Self"/> in the whole tree.</summary>
    public double SelfPercent => PercentOf(Self);

    /// <summary>The share of <see cref="Total"/> in the whole tree.</summary>
    public double TotalPercent => PercentOf(Total);

    /// <summary>The one above: its caller, or in an inverted tree the function that it called; null of the root.</summary>
    public PerfCallTreeNode? Parent { get; }

    /// <summary>Those below, the heaviest first.</summary>
    public IReadOnlyList<PerfCallTreeNode> Children => _children ??= [.. _tree.ChildrenOf(_node).Select(child => new PerfCallTreeNode(_tree, child, this))];

    /// <summary>The name, set in by its depth.</summary>
    public string Tree
    {
        get
        {
            if (Parent is null)
                return Symbol;
            var text = new StringBuilder();
            text.Append(IsLast ? "└─" : "├─").Append(Symbol);
            for (PerfCallTreeNode above = Parent; above.Parent is not null; above = above.Parent)
                text.Insert(0, above.IsLast ? "  " : "│ ");
            return text.ToString();
        }
    }

    private bool IsLast => Parent!.Children[^1] == this;

    /// <summary>The node and all below that have at least this share, in the order in which a tree is drawn.</summary>
    public IEnumerable<PerfCallTreeNode> Walk(double minimumPercent = 0)
    {
        // Stacks may be deep: no recursion.
        var open = new Stack<PerfCallTreeNode>();
        open.Push(this);
        while (open.TryPop(out PerfCallTreeNode? node))
        {
            yield return node;
            for (int i = node.Children.Count - 1; i >= 0; i--)
            {
                if (node.Children[i].TotalPercent >= minimumPercent)
                    open.Push(node.Children[i]);
            }
        }
    }

    public override string ToString() => FormattableString.Invariant($"{TotalPercent:0.00} % {Symbol}");

    private double PercentOf(long part) => _tree.Total == 0 ? 0 : 100.0 * part / _tree.Total;
}
