namespace PerfTrace.BpfTrace;

/// <summary>A struct or union, or the arguments of a probe. Two are the same when they are the same object: the resolver makes one for each type.</summary>
/// <param name="Tag"><c>struct</c>, <c>union</c>, or empty for the arguments of a probe.</param>
/// <param name="TypeName">Its name; empty for one without.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Align">It begins at a multiple of this.</param>
/// <param name="ReadFields">Reads its fields when they are first asked for: types lead to types, and few are used.</param>
internal sealed record RecordType(string Tag, string TypeName, int Bytes, int Align, Func<IReadOnlyList<RecordField>> ReadFields) : ScriptType
{
    private IReadOnlyList<RecordField>? _fields;

    public override int Size => Bytes;

    public override int Alignment => Align;

    public override string Name => Tag.Length == 0 ? TypeName : TypeName.Length == 0 ? $"{Tag} <anonymous>" : $"{Tag} {TypeName}";

    /// <summary>In the order of the definition; those of members without a name stand in its place, with their offset from here.</summary>
    public IReadOnlyList<RecordField> Fields => _fields ??= ReadFields();

    public bool Equals(RecordType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public RecordField? Find(string name) => Fields.FirstOrDefault(f => f.Name == name);
}
