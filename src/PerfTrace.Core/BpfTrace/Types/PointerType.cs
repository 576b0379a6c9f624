namespace PerfTrace.BpfTrace;

/// <summary>An address of something.</summary>
internal sealed record PointerType(ScriptType Target, MemorySpace Space) : ScriptType
{
    public override int Size => 8;

    public override string Name => $"{Target.Name} *";

    public override bool IsScalar => true;
}
