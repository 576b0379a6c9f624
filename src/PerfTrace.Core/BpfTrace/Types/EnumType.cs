namespace PerfTrace.BpfTrace;

/// <summary>An enumeration of the kernel's types or of the script: an integer whose values have names.</summary>
internal sealed record EnumType(string Tag, IntegerType Underlying, IReadOnlyDictionary<long, string> Names) : ScriptType
{
    public override int Size => Underlying.Size;

    public override string Name => $"enum {Tag}";

    public override bool IsScalar => true;

    public bool Equals(EnumType? other) => other is not null && other.Tag == Tag && other.Underlying == Underlying;

    public override int GetHashCode() => HashCode.Combine(Tag, Underlying);
}
