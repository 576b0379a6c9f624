using PerfTrace.Perf;

namespace PerfTrace.Profiles;

/// <summary>Numbers for what samples, not their frames, are grouped by: the event and the values of the keys.</summary>
internal sealed class ContextTable
{
    private readonly ReportKey[] _keys;
    private readonly Dictionary<object?[], int> _numbers = new(ValueComparer.Instance);
    private readonly List<object?[]> _contexts = [];
    private object?[] _scratch;

    public ContextTable(IEnumerable<ReportKey> keys)
    {
        _keys = [.. keys.Where(static k => !k.IsOfFrames && k.Kind != ReportKeyKind.Event)];
        _scratch = new object?[_keys.Length + 1];
    }

    /// <summary>The keys whose values a context has, in their order.</summary>
    public IReadOnlyList<ReportKey> Keys => _keys;

    public string? EventOf(int context) => (string?)_contexts[context][0];

    /// <summary>The values of the keys.</summary>
    public ReadOnlySpan<object?> ValuesOf(int context) => _contexts[context].AsSpan(1);

    public int Of(PerfSample sample)
    {
        _scratch[0] = sample.EventName;
        for (int i = 0; i < _keys.Length; i++)
            _scratch[i + 1] = _keys[i].Of(sample);
        return Number();
    }

    /// <summary>A folded stack has a command and nothing else.</summary>
    public int OfFolded(string command)
    {
        _scratch[0] = null;
        for (int i = 0; i < _keys.Length; i++)
            _scratch[i + 1] = _keys[i].Kind == ReportKeyKind.Command ? command : null;
        return Number();
    }

    private int Number()
    {
        if (_numbers.TryGetValue(_scratch, out int number))
            return number;
        _numbers.Add(_scratch, _contexts.Count);
        _contexts.Add(_scratch);
        _scratch = new object?[_keys.Length + 1];
        return _contexts.Count - 1;
    }

    private sealed class ValueComparer : IEqualityComparer<object?[]>
    {
        public static readonly ValueComparer Instance = new();

        public bool Equals(object?[]? x, object?[]? y)
        {
            for (int i = 0; i < x!.Length; i++)
            {
                if (!Equals(x[i], y![i]))
                    return false;
            }
            return true;
        }

        public int GetHashCode(object?[] values)
        {
            int hash = 0;
            foreach (object? value in values)
                hash = (hash * 31) + (value?.GetHashCode() ?? 0);
            return hash;
        }
    }
}
