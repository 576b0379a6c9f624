namespace PerfTrace.Symbols;

/// <summary>A perf map (<c>/tmp/perf-PID.map</c>), which runtimes of languages write.</summary>
internal sealed class PerfMapCode(GeneratedFile file) : GeneratedCode(file)
{
    private readonly string _path = file.FilePath;

    protected override GeneratedFunctions Functions { get; } = new();

    protected override int Parse(byte[] bytes, bool isBegin) => PerfMapParser.Parse(bytes, Functions);

    protected override FunctionCode ReadCode(int index, CodeSymbol function) => throw new CodeNotFoundException(
        $"{_path} has names alone. A jitdump has the code, too: .NET writes a whole one with DOTNET_PerfMapEnabled=1 and DOTNET_PerfMapStubGranularity=2, Node with --perf-prof, Java with libperf-jvmti.");

    protected override string Advice(string path) =>
        $"The names of the process's generated code are not there: set DOTNET_PerfMapEnabled=1 for .NET, --perf-basic-prof for Node or libperf-jvmti for Java before it starts, so that it writes {path}.";
}
