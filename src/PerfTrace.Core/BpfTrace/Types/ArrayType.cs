namespace PerfTrace.BpfTrace;

/// <summary>So many of one type, one behind the other.</summary>
internal sealed record ArrayType(ScriptType Element, int Count) : ScriptType
{
    public override int Size => Element.Size * Count;

    public override int Alignment => Element.Alignment;

    public override string Name => $"{Element.Name}[{Count}]";
}
