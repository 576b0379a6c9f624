using System.Text;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Generation;

/// <summary>
/// The code that is generated for each construct of the language, as it stands in the files beside this one: a script, a line <c>---</c>, the programs. A change of the generator
/// shows here what it does; <c>PERFTRACE_GOLDEN=tests/PerfTrace.Core.Tests/BpfTrace/Generation</c> writes the files anew.
/// </summary>
[Trait("Machine", "Both")]
public sealed class GoldenTests
{
    private const string Separator = "\n---\n";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "BpfTrace", "Generation");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.golden").Select(static f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePrograms(string name)
    {
        string[] parts = File.ReadAllText(Path.Combine(Folder, $"{name}.golden")).Split(Separator);
        string programs = Compile(parts[0]);
        if (Environment.GetEnvironmentVariable("PERFTRACE_GOLDEN") is { Length: > 0 } target)
            File.WriteAllText(Path.Combine(target, $"{name}.golden"), $"{parts[0]}{Separator}{programs}");
        else
            Assert.Equal(parts[1], programs);
    }

    private static string Compile(string script)
    {
        var text = new StringBuilder();
        foreach ((string probe, string listing) in BpfTraceSession.Disassemble(new BpfTraceRequest { Script = new ScriptSource("stdin", script) }))
            text.Append(probe).Append('\n').Append(listing).Append('\n');
        return text.ToString();
    }
}
