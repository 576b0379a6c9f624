namespace PerfTrace.BpfTrace;

/// <summary>The full names of a script's probes, by the numbers that its programs know them by: one for each name, so that it is one key of a map.</summary>
internal sealed class ProbeNames
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
        {
            _numbers.Add(name, number = _all.Count);
            _all.Add(name);
        }
        return number;
    }
}
