using System.Runtime.InteropServices;

namespace PerfTrace.Profiles;

/// <summary>
/// Stacks that share their outer frames, as a tree. Nodes are numbers; 0 is the root, which stands for everything; a node's children have higher numbers.
/// </summary>
public sealed class CallTree
{
    private readonly FrameTable _frames;
    private readonly PairTable _children = new();
    private readonly List<Node> _nodes = [new(-1, -1)];
    private bool _isSummed = true;

    internal CallTree(FrameTable frames, string? eventName)
    {
        _frames = frames;
        Event = eventName;
    }

    /// <summary>The event whose samples it is of; null for folded stacks, which do not tell it.</summary>
    public string? Event { get; }

    internal FrameTable Frames => _frames;

    internal int Count => _nodes.Count;

    /// <summary>The root, from which all others are found.</summary>
    public PerfCallTreeNode Root => new(this, 0, null);

    /// <summary>The weight of all stacks.</summary>
    public long Total => this[0].Total;

    internal ref readonly Node this[int node]
    {
        get
        {
            if (!_isSummed)
                Sum();
            return ref CollectionsMarshal.AsSpan(_nodes)[node];
        }
    }

    internal ProfileFrame FrameOf(int node) => _frames[CollectionsMarshal.AsSpan(_nodes)[node].Frame];

    /// <summary>Where a call of a frame from a node leads.</summary>
    internal int Child(int parent, int frame)
    {
        ref int child = ref _children[parent, frame];
        if (child == PairTable.NewMark)
        {
            child = _nodes.Count;
            ref Node above = ref CollectionsMarshal.AsSpan(_nodes)[parent];
            int sibling = above.FirstChild;
            above.FirstChild = child;
            _nodes.Add(new Node(parent, frame) { NextSibling = sibling });
        }
        return child;
    }

    /// <summary>Counts a stack that ends at a node.</summary>
    internal void Take(int node, long weight, long samples = 1)
    {
        ref Node n = ref CollectionsMarshal.AsSpan(_nodes)[node];
        n.Self += weight;
        n.SelfSamples += samples;
        _isSummed = false;
    }

    /// <summary>The children of a node, the heaviest first.</summary>
    internal List<int> ChildrenOf(int node)
    {
        var children = new List<int>();
        for (int child = this[node].FirstChild; child != 0; child = this[child].NextSibling)
            children.Add(child);
        children.Sort((a, b) => this[b].Total.CompareTo(this[a].Total) is not 0 and var order ? order : string.CompareOrdinal(FrameOf(a).Name, FrameOf(b).Name));
        return children;
    }

    // Children have higher numbers than their parents: from the end, each is complete when its turn comes.
    private void Sum()
    {
        Span<Node> nodes = CollectionsMarshal.AsSpan(_nodes);
        foreach (ref Node node in nodes)
            (node.Total, node.Samples) = (node.Self, node.SelfSamples);
        for (int i = nodes.Length - 1; i > 0; i--)
        {
            nodes[nodes[i].Parent].Total += nodes[i].Total;
            nodes[nodes[i].Parent].Samples += nodes[i].Samples;
        }
        _isSummed = true;
    }

    /// <summary>A function as it was called by its parent.</summary>
    internal struct Node(int parent, int frame)
    {
        public readonly int Parent = parent, Frame = frame;

        /// <summary>0: none, as the root is nobody's child.</summary>
        public int FirstChild, NextSibling;

        /// <summary>Weight and number of the stacks that end here.</summary>
        public long Self, SelfSamples;

        /// <summary>Weight and number of the stacks that come through here or end here.</summary>
        public long Total, Samples;
    }
}
