using System.Globalization;
using System.Runtime.InteropServices;
using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>Puts the stacks of samples and folded stacks into call trees, one for each event.</summary>
public sealed class CallTreeBuilder
{
    private readonly CallTreeOptions _options;
    private readonly ContextTable _contexts;
    private readonly Dictionary<int, int[]> _labels = [];
    private readonly Dictionary<string, CallTree> _trees = new(StringComparer.Ordinal);
    private readonly List<CallTree> _order = [];
    private readonly List<int> _stack = [];

    public CallTreeBuilder(CallTreeOptions options)
    {
        _options = options;
        _contexts = new ContextTable(options.Labels);
        Frames = new FrameTable(options.Parts, options.ExpandsInlined);
    }

    internal FrameTable Frames { get; }

    /// <summary>A tree for each event, in the order in which they came; folded stacks have one of their own.</summary>
    public IReadOnlyList<CallTree> Trees => _order;

    /// <summary>Keys by name that no sample had a field for.</summary>
    public IEnumerable<string> UnknownKeys => _trees.Count == 0 ? [] : _options.Labels.Where(static k => !k.IsFound).Select(static k => k.Name);

    /// <summary>Adds a sample, if it is one of those that are wanted.</summary>
    public void Add(PerfSample sample) => Add(sample, out _);

    /// <summary>Returns the sample's node in its tree; -1 when it is not one of those that are wanted.</summary>
    internal int Add(PerfSample sample, out CallTree? tree)
    {
        tree = null;
        if (!_options.Filter.Counts(sample) || !_options.Filter.Shows(sample))
            return -1;
        _stack.Clear();
        Frames.Append(sample, _stack);
        if (_options.Filter.IsOfFrames && !Frames.Shows(_options.Filter, _stack))
            return -1;
        tree = TreeOf(sample.EventName);
        int node = _contexts.Keys.Count == 0 ? 0 : Label(tree, _contexts.Of(sample));
        return Take(tree, node, _options.CountsSamples ? 1 : sample.Period);
    }

    /// <summary>Adds a folded stack, if it is one of those that are wanted.</summary>
    public void Add(FoldedStack stack) => Add(stack, out _);

    internal int Add(FoldedStack stack, out CallTree? tree)
    {
        tree = null;
        if (!_options.Filter.Shows(stack) || stack.Frames.Count == 0)
            return -1;
        _stack.Clear();
        for (int i = stack.Frames.Count - 1; i >= 0; i--)
            _stack.Add(Frames.OfFolded(stack.Frames[i]));
        if (_options.Filter.IsOfFrames && !Frames.Shows(_options.Filter, _stack))
            return -1;
        tree = TreeOf("");
        return Take(tree, 0, stack.Count, stack.Count);
    }

    private int Take(CallTree tree, int node, long weight, long samples = 1)
    {
        ReadOnlySpan<int> stack = CollectionsMarshal.AsSpan(_stack);
        if (_options.IsInverted)
        {
            foreach (int frame in stack)
                node = tree.Child(node, frame);
        }
        else
        {
            for (int i = stack.Length - 1; i >= 0; i--)
                node = tree.Child(node, stack[i]);
        }
        tree.Take(node, weight, samples);
        return node;
    }

    private int Label(CallTree tree, int context)
    {
        if (!_labels.TryGetValue(context, out int[]? labels))
        {
            ReadOnlySpan<object?> values = _contexts.ValuesOf(context);
            labels = new int[values.Length];
            for (int i = 0; i < labels.Length; i++)
                labels[i] = Frames.OfLabel(Text(_contexts.Keys[i], values[i]));
            _labels.Add(context, labels);
        }
        int node = 0;
        foreach (int label in labels)
            node = tree.Child(node, label);
        return node;
    }

    private CallTree TreeOf(string eventName)
    {
        if (!_trees.TryGetValue(eventName, out CallTree? tree))
        {
            _trees.Add(eventName, tree = new CallTree(Frames, eventName.Length == 0 ? null : eventName));
            _order.Add(tree);
        }
        return tree;
    }

    private static string Text(ReportKey key, object? value) => value switch
    {
        null => "[unknown]",
        string text => text,
        _ => string.Create(CultureInfo.InvariantCulture, $"{key.Name} {value}"),
    };
}
