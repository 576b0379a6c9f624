namespace PerfTrace.BpfTrace;

/// <summary>A map of a script, with all that its readers need.</summary>
/// <param name="Name">With its sign: <c>@</c>, <c>@x</c>.</param>
/// <param name="Key">Null: it has none, and one entry.</param>
/// <param name="Value">Of an aggregate what is added up.</param>
/// <param name="Capacity">At most so many entries.</param>
internal sealed record ScriptMap(string Name, ScriptType? Key, ScriptType Value, int Capacity)
{
    /// <summary>The bucket's or interval's number behind the key.</summary>
    public const int BucketSize = 8;

    /// <summary>A full map makes room by forgetting what was used the longest time ago; else it takes nothing new.</summary>
    public bool ForgetsOldest { get; init; }

    /// <summary>The script takes all of it away (<c>delete(@)</c>): it has no entry then, though an array always has one of zeros.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Where the script declares it, else where it is used first: for messages.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Each CPU has values of its own.</summary>
    public bool IsPerCpu => Value is AggregateType;

    /// <summary>The key's bytes in the kernel's map without the bucket; a map without a key has 4 bytes of zeros, and with buckets none.</summary>
    public int KeyBytes => Key is null ? (Value is AggregateType { HasBucket: true } ? 0 : 4) : ScriptType.AlignUp(Key.Size, Value is AggregateType { HasBucket: true } ? 8 : 1);

    /// <summary>Where the bucket's number stands in the key; null: nowhere.</summary>
    public int? BucketOffset => Value is AggregateType { HasBucket: true } ? KeyBytes : null;

    /// <summary>The whole key in the kernel's map.</summary>
    public int TotalKeyBytes => KeyBytes + (BucketOffset is null ? 0 : BucketSize);
}
