using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PerfTrace.Commands;

/// <summary>Takes a hash table, or texts such as <c>name=value</c>, where a parameter is values by name.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed partial class NamedValuesTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var values = new Hashtable(StringComparer.Ordinal);
        Collect(inputData, values);
        return values;
    }

    private static void Collect(object? input, Hashtable values)
    {
        switch (Plain(input))
        {
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                    Add(values, entry.Key.ToString() ?? "", Plain(entry.Value));
                break;
            case string text when ListPattern().Split(text) is { Length: > 1 } parts:
                // One argument of a command line may have several.
                foreach (string part in parts)
                    Collect(part, values);
                break;
            case string text:
                int equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                    throw new ArgumentTransformationMetadataException($"'{text}' is not of the form name=value.");
                Add(values, text[..equals].Trim(), text[(equals + 1)..]);
                break;
            case IEnumerable elements:
                foreach (object? element in elements)
                    Collect(element, values);
                break;
            case var other:
                throw new ArgumentTransformationMetadataException($"Values by name are a hash table, @{{ name = value }}, or texts name=value; not {other?.GetType().Name ?? "null"}.");
        }
    }

    private static void Add(Hashtable values, string name, object? value)
    {
        if (name.Length == 0 || values.ContainsKey(name))
            throw new ArgumentTransformationMetadataException(name.Length == 0 ? "A name is empty." : $"'{name}' is given twice.");
        values.Add(name, value);
    }

    [GeneratedRegex(@",(?=[\w.]+=)")]
    private static partial Regex ListPattern();

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
