namespace PerfTrace.BpfTrace;

/// <summary>Where something lies that is not a number: at an offset from an address, in somebody's memory.</summary>
internal readonly record struct Location(IrPlace Place, MemorySpace Space)
{
    public Location At(int distance) => this with { Place = Place.At(distance) };
}
