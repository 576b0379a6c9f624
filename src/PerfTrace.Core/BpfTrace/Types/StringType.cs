namespace PerfTrace.BpfTrace;

/// <summary>Text: bytes through the first zero, in so much room, the zero included. Without a zero it was cut.</summary>
internal sealed record StringType(int Capacity) : ScriptType
{
    public override int Size => Capacity;

    public override int Alignment => 1;

    public override string Name => Capacity == 0 ? "string" : $"string[{Capacity}]";
}
