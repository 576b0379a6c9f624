using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>What the cmdlets for the entries of maps share: the maps, and values of PowerShell's as the core takes them.</summary>
public abstract class BpfMapEntryCommand : BpfObjectCommand
{
    /// <summary>The maps: objects, ids, names with wildcards, paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("MapId")]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfMapCompleter))]
    public BpfMapArgument[] Map { get; set; } = [];

    /// <summary>Opens each map and does something with its entries; what goes wrong is an error for that map alone.</summary>
    private protected void ForEach(Action<BpfMapContents> action)
    {
        foreach (BpfMap map in Resolve(Map))
        {
            try
            {
                using BpfMapContents contents = Open(map);
                action(contents);
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, map);
            }
        }
    }

    /// <summary>Opens a map.</summary>
    private protected virtual BpfMapContents Open(BpfMap map) => BpfMapContents.Open(map);

    /// <summary>The keys that a parameter means: bytes are one, and so are other numbers in an array where the map's keys are arrays.</summary>
    private protected static IEnumerable<object?> EachKey(BpfMapContents contents, IEnumerable<object?> keys) => keys.Select(Plain).SelectMany(key =>
        key is Array numbers and not byte[] && numbers.GetType().GetElementType()!.IsPrimitive && contents.KeyType?.Resolve().Kind != BtfKind.Array
            ? numbers.Cast<object?>() : [key]);

    /// <summary>A key in messages.</summary>
    private protected static string Text(object? key) => Plain(key) is byte[] bytes ? Convert.ToHexStringLower(bytes) : $"{key}";

    /// <summary>A value without PowerShell's wrappers; custom objects as tables of their properties.</summary>
    private protected static object? Plain(object? value)
    {
        if (value is PSObject wrapped)
        {
            if (wrapped.BaseObject.GetType().Name != "PSCustomObject")
                return Plain(wrapped.BaseObject);
            var table = new OrderedDictionary();
            foreach (PSPropertyInfo property in wrapped.Properties)
                table[property.Name] = Plain(property.Value);
            return table;
        }
        return value switch
        {
            string or byte[] => value,
            IDictionary table when !IsPlain(table.Values) => Copy(table),
            Array or ArrayList when !IsPlain((IEnumerable)value) => ((IEnumerable)value).Cast<object?>().Select(Plain).ToArray(),
            _ => value,
        };
    }

    private static bool IsPlain(IEnumerable values) => values.Cast<object?>().All(static v => v is not (PSObject or IDictionary or Array or ArrayList));

    private static OrderedDictionary Copy(IDictionary table)
    {
        var copy = new OrderedDictionary();
        foreach (DictionaryEntry entry in table)
            copy[entry.Key] = Plain(entry.Value);
        return copy;
    }
}
