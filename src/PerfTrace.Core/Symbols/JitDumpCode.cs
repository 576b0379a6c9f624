namespace PerfTrace.Symbols;

/// <summary>A jitdump (<c>jit-PID.dump</c>), which a process maps to show that it writes one.</summary>
/// <param name="file">The file.</param>
/// <param name="map">
/// The perf map beside it: with DOTNET_PerfMapEnabled=1 .NET writes both, and ends the former when a record can not be written whole, as of code that lies
/// in pages which are not there yet (.NET 10, unless DOTNET_PerfMapStubGranularity is 2).
/// </param>
internal sealed class JitDumpCode(GeneratedFile file, PerfMapCode map) : GeneratedCode(file)
{
    private readonly JitDumpParser _parser = new();
    private readonly string _path = file.FilePath;

    public override string? Missing => _parser.IsDamaged ? "The jitdump is damaged: what lies behind the damage is not read." : base.Missing;

    protected override GeneratedCode? Other => map;

    protected override GeneratedFunctions Functions => _parser.Functions;

    protected override int Parse(byte[] bytes, bool isBegin) => _parser.Parse(bytes, isBegin);

    protected override void Clear() => _parser.Clear();

    protected override string Advice(string path) => $"The process's jitdump {path} is not there: it was removed, or is of another machine or container.";

    protected override FunctionCode ReadCode(int index, CodeSymbol function)
    {
        (long offset, int length) = _parser.CodeOf(index);
        if ((ulong)length > FunctionCode.Largest)
            throw new CodeNotFoundException($"{_path} claims {length:N0} bytes for {function.Name}, more than any function has.");
        byte[] bytes = ReadPart(offset, length);
        return bytes.Length == length
            ? new FunctionCode(bytes, function.Start, _parser.Machine, _path)
            : throw new CodeNotFoundException($"{_path} has no longer what was read of it.");
    }

    protected override IReadOnlyList<CodeLocation> LocateIn(int function, ulong place) => _parser.Locate(function, place);
}
