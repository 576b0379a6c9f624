using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>An entry of a map.</summary>
public class BpfMapEntry
{
    private readonly ReadOnlyMemory<byte> _key, _value;

    internal BpfMapEntry(BpfMap map, object? key, object? value, ReadOnlyMemory<byte> keyBytes, ReadOnlyMemory<byte> valueBytes)
    {
        Map = map;
        Key = key;
        Value = value;
        _key = keyBytes;
        _value = valueBytes;
    }

    /// <summary>The map's id.</summary>
    public uint MapId => Map.Id;

    /// <summary>The map's name.</summary>
    public string MapName => Map.Name;

    /// <summary>
    /// The key: by the map's type information an object, a number, a name, a text; else an unsigned number of the right width, or bytes. An <see cref="LpmPrefix"/> in a
    /// trie; null where the type has no keys (queue, stack).
    /// </summary>
    public object? Key { get; }

    /// <summary>
    /// The value, likewise; an array of values, one for each possible CPU, in a map for each CPU; the inner <see cref="BpfMap"/> or the <see cref="BpfProgram"/> in maps of
    /// those; the <see cref="StackFrame"/>s of a call stack, the innermost first.
    /// </summary>
    public object? Value { get; }

    internal BpfMap Map { get; }

    /// <summary>The key's bytes.</summary>
    public byte[] GetKeyBytes() => _key.ToArray();

    /// <summary>The value's bytes; of all CPUs one behind the other, each padded to 8, in a map for each CPU.</summary>
    public byte[] GetValueBytes() => _value.ToArray();

    public override string ToString() => $"{Key} = {Value}";
}
