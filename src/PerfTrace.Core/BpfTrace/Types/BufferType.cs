namespace PerfTrace.BpfTrace;

/// <summary>Bytes of any kind, from <c>buf()</c>: their number in 4 bytes, then room for them.</summary>
internal sealed record BufferType(int Capacity) : ScriptType
{
    public const int LengthSize = 4;

    public override int Size => LengthSize + Capacity;

    public override int Alignment => 4;

    public override string Name => Capacity == 0 ? "buffer" : $"buffer[{Capacity}]";
}
