namespace PerfTrace.Symbols;

/// <summary>A perf map (<c>/tmp/perf-PID.map</c>), which runtimes of languages write.</summary>
internal sealed class PerfMapCode(GeneratedFile file) : GeneratedCode(file)
{
    protected override GeneratedFunctions Functions { get; } = new();

    protected override int Parse(byte[] bytes, bool isBegin) => PerfMapParser.Parse(bytes, Functions);

    protected override string Advice(string path) =>
        $"The names of the process's generated code are not there: set DOTNET_PerfMapEnabled=1 for .NET, --perf-basic-prof for Node or libperf-jvmti for Java before it starts, so that it writes {path}.";
}
