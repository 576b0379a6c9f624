namespace PerfTrace.BpfTrace;

/// <summary>A field of a struct or union, or an argument of a probe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type; of a bit field the integer that it is a part of, of a dynamic array of a tracepoint what it holds.</param>
/// <param name="Offset">From the beginning of the record, in bytes.</param>
internal sealed record RecordField(string Name, ScriptType Type, int Offset)
{
    /// <summary>Of a bit field: how many bits below it in the bytes at <see cref="Offset"/>.</summary>
    public int BitShift { get; init; }

    /// <summary>Of a bit field how many bits it has; 0 for other fields.</summary>
    public int BitSize { get; init; }

    /// <summary>
    /// A tracepoint's <c>__data_loc</c> field: 4 bytes with the offset of the data in the record (lower 16 bits) and its length (upper 16). <c>__rel_loc</c>: from behind the field.
    /// </summary>
    public DataLocation Location { get; init; }

    /// <summary>Why it can not be read, though it is there; null: it can.</summary>
    public string? Problem { get; init; }
}
