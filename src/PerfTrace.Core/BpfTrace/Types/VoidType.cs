namespace PerfTrace.BpfTrace;

/// <summary>No value: what calls give that only do something, and what a <c>void *</c> leads to.</summary>
internal sealed record VoidType : ScriptType
{
    public static readonly VoidType Instance = new();

    public override int Size => 0;

    public override string Name => "void";
}
