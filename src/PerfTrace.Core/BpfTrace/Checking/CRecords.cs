namespace PerfTrace.BpfTrace;

/// <summary>Lays out the structs and unions that a script defines, by the rules of C on x86-64 and ARM64.</summary>
/// <param name="resolve">The type that a field's words mean; null when there is none.</param>
/// <param name="alignmentOf">What a typedef of this name is aligned to; null where it does not say.</param>
internal sealed class CRecords(Func<TypeSyntax, ScriptType?> resolve, Func<string, int?> alignmentOf)
{
    // Places are counted in bits, as int, and what a field needs beside its own size (1 MB where it is aligned so) comes before the size is looked at.
    private const long MostBytes = 1 << 27;

    private readonly Dictionary<CStructDefinition, RecordType> _records = [];
    private readonly HashSet<CStructDefinition> _open = [];
    private readonly List<TypeSyntax> _unknown = [];

    /// <summary>The types of fields that are not known where their size is needed: the places behind them are wrong.</summary>
    public IReadOnlyList<TypeSyntax> Unknown => _unknown;

    /// <summary>The type of a definition; null when it contains itself.</summary>
    public RecordType? Of(CStructDefinition definition)
    {
        if (_records.TryGetValue(definition, out RecordType? known))
            return known;
        if (!_open.Add(definition))
            return null;
        (int size, int alignment, List<(CField Field, int Bit)> places) = Place(definition);
        _open.Remove(definition);
        string tag = definition.Tag == TypeTag.Union ? "union" : "struct";
        return _records[definition] = new RecordType(tag, definition.Name ?? "", size, alignment, () => ReadFields(places));
    }

    // How large a field is does not depend on what it leads to, so that a struct can lead to itself.
    private (int Size, int Alignment) Measure(TypeSyntax type)
    {
        switch (type)
        {
            case PointerTypeSyntax:
                return (sizeof(ulong), sizeof(ulong));
            case ArrayTypeSyntax array:
                (int size, int alignment) = Measure(array.Element);
                return (Fitting(type, size * (long)(array.Length ?? 0)), alignment);
            case NamedTypeSyntax { Name: var name } when alignmentOf(name) is { } said:
                return resolve(type) is { } aligned ? (aligned.Size, said) : Without(type);
            default:
                return resolve(type) is { } known ? (known.Size, Math.Max(1, known.Alignment)) : Without(type);
        }
    }

    /// <summary>A size that places in it can be counted for.</summary>
    /// <exception cref="ScriptException">It is larger.</exception>
    public static int Fitting(Node node, long bytes) =>
        bytes <= MostBytes ? (int)bytes : throw new ScriptException(node.Span, $"a type of {bytes} bytes", $"one may have {MostBytes}");

    private (int, int) Without(TypeSyntax type)
    {
        _unknown.Add(type);
        return (0, 1);
    }

    private (int Size, int Alignment, List<(CField, int Bit)> Places) Place(CStructDefinition definition)
    {
        var places = new List<(CField, int)>();
        int bit = 0, size = 0, largest = 1;
        foreach (CField field in definition.Fields)
        {
            (int bytes, int alignment) = Measure(field.Type);
            bool isPacked = definition.IsPacked || field.Attributes.IsPacked;
            if (isPacked)
                alignment = 1;
            alignment = Math.Max(alignment, field.Attributes.Alignment ?? 1);
            if (definition.Tag == TypeTag.Union)
                bit = 0;
            if (field.Bits is { } bits)
            {
                // A bit field does not cross the boundary of an integer of its type; one of no bits ends the integer.
                int unit = Math.Max(1, bytes) * 8;
                if (field.Attributes.Alignment is { } said)
                    bit = ScriptType.AlignUp(bit, said * 8);
                if (bits == 0)
                    bit = ScriptType.AlignUp(bit, unit);
                else if (!isPacked && bit / unit != (bit + bits - 1) / unit)
                    bit = ScriptType.AlignUp(bit, unit);
                if (field.Name is not null)
                    places.Add((field, bit));
                bit += bits;
            }
            else
            {
                bit = ScriptType.AlignUp((bit + 7) / 8, alignment) * 8;
                places.Add((field, bit));
                bit = 8 * Fitting(definition, (bit / 8) + (long)bytes);
            }
            if (field.Bits is null || field.Name is not null)
                largest = Math.Max(largest, alignment);
            size = Math.Max(size, Fitting(definition, (bit + 7) / 8));
        }
        largest = Math.Max(largest, definition.Alignment ?? 1);
        return (Fitting(definition, (size + largest - 1L) / largest * largest), largest, places);
    }

    private List<RecordField> ReadFields(List<(CField Field, int Bit)> places)
    {
        var fields = new List<RecordField>();
        foreach ((CField field, int bit) in places)
        {
            if (resolve(field.Type) is not { } type)
                continue;
            if (field.Name is null && type is RecordType inner)
                fields.AddRange(inner.Fields.Select(f => f with { Offset = f.Offset + (bit / 8) }));
            else if (field.Name is { } name && field.Bits is { } bits)
                fields.Add(BtfScriptTypes.BitField(name, type, bit, bits));
            else if (field.Name is not null)
                fields.Add(new RecordField(field.Name, type, bit / 8));
        }
        return fields;
    }
}
