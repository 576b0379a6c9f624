namespace PerfTrace.Symbols;

/// <summary>A module without names.</summary>
internal sealed class NoCode(string? missing = null) : CodeSymbols
{
    public override string? Missing { get; } = missing;

    public override CodeSymbol? Find(ulong place) => null;
}
