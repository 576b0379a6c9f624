namespace PerfTrace.Symbols;

/// <summary>A jitdump (<c>jit-PID.dump</c>), which a process maps to show that it writes one.</summary>
internal sealed class JitDumpCode(GeneratedFile file) : GeneratedCode(file)
{
    private readonly JitDumpParser _parser = new();

    public override string? Missing => _parser.IsDamaged ? "The jitdump is damaged: what lies behind the damage is not read." : base.Missing;

    protected override GeneratedFunctions Functions => _parser.Functions;

    protected override int Parse(byte[] bytes, bool isBegin) => _parser.Parse(bytes, isBegin);

    protected override void Clear() => _parser.Clear();

    protected override string Advice(string path) => $"The process's jitdump {path} is not there: it was removed, or is of another machine or container.";

    protected override IReadOnlyList<CodeLocation> LocateIn(int function, ulong place) => _parser.Locate(function, place);
}
