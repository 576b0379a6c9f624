namespace PerfTrace.BpfTrace;

/// <summary>True or false, in a byte.</summary>
internal sealed record BooleanType : ScriptType
{
    public static readonly BooleanType Instance = new();

    public override int Size => 1;

    public override string Name => "bool";

    public override bool IsScalar => true;
}
