namespace PerfTrace.BpfTrace;

/// <summary>What is done outside of the kernel, by numbers. What is checked again with values of the same types keeps its number.</summary>
internal sealed class CheckedActions
{
    private readonly List<ScriptAction> _actions = [];
    private readonly Dictionary<Node, List<int>> _ofNodes = [];
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _textNumbers = new(StringComparer.Ordinal);

    public List<ScriptAction> Actions => _actions;

    public IReadOnlyList<string> Texts => _texts;

    public int Number(Node node, ScriptAction action)
    {
        if (!_ofNodes.TryGetValue(node, out List<int>? known))
            _ofNodes[node] = known = [];
        foreach (int number in known)
        {
            ScriptAction other = _actions[number];
            if (other.Kind == action.Kind && other.Layout.Types.SequenceEqual(action.Layout.Types))
                return number;
        }
        _actions.Add(action);
        known.Add(_actions.Count - 1);
        return _actions.Count - 1;
    }

    public int Text(string text)
    {
        if (!_textNumbers.TryGetValue(text, out int number))
        {
            _textNumbers[text] = number = _texts.Count;
            _texts.Add(text);
        }
        return number;
    }
}
