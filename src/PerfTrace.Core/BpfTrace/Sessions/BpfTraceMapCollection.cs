using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.BpfTrace;

/// <summary>The maps of a script in the background, by their names with the sign (<c>@x</c>). Each is read from the kernel when it is asked for; when the script has ended, what they held then.</summary>
public sealed class BpfTraceMapCollection : IReadOnlyDictionary<string, BpfTraceMapEntry[]>
{
    private readonly IReadOnlyList<string> _names;
    private readonly Func<string, BpfTraceMapEntry[]> _read;

    internal BpfTraceMapCollection(IReadOnlyList<string> names, Func<string, BpfTraceMapEntry[]> read)
    {
        _names = names;
        _read = read;
    }

    public IEnumerable<string> Keys => _names;

    public IEnumerable<BpfTraceMapEntry[]> Values => _names.Select(_read);

    public int Count => _names.Count;

    /// <summary>The entries of a map now.</summary>
    /// <exception cref="KeyNotFoundException">The script has no such map.</exception>
    public BpfTraceMapEntry[] this[string key] => ContainsKey(key)
        ? _read(key) : throw new KeyNotFoundException($"The script has no map {key}: it has {(_names.Count == 0 ? "none" : string.Join(", ", _names))}.");

    public bool ContainsKey(string key) => _names.Contains(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out BpfTraceMapEntry[] value)
    {
        value = ContainsKey(key) ? _read(key) : null;
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, BpfTraceMapEntry[]>> GetEnumerator() => _names.Select(n => KeyValuePair.Create(n, _read(n))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
