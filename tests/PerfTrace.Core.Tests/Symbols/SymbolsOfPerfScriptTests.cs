using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

/// <summary>Each place of a recording has the name that <c>perf script</c> gives it.</summary>
public sealed partial class SymbolsOfPerfScriptTests
{
    // C with stripped libraries, C++ with exceptions, a linkage table that is bound lazily, much of the kernel.
    private const string Work = """
        for i in 1 2 3 4 5 6 7 8; do ls -lR /usr/lib /etc > /dev/null; perl -e '$x = "a" x 1000; $y{$_ % 5000} .= $x for 1..60000; print length join ",", sort keys %y' > /dev/null
        find /usr/share -name '*.html' | sort | uniq -c | grep -c x; g++ -x c++ -O1 -S -o /dev/null - <<< '#include <map>
        #include <string>
        int main() { std::map<std::string, int> m; m["a"]++; }'; done
        """;

    [Fact]
    public void Names_and_offsets_are_the_same()
    {
        using var tree = new TemporaryTree();
        // The mapped addresses of programs come out as offsets in their files with -g alone.
        // perf knows the vdso's symbols from its cache alone.
        Assert.Equal(0, Command.Perf(["--buildid-dir", tree["cache"], "record", "-q", "-o", tree["perf.data"], "-e", "cpu-clock", "-F", "8000", "-g", "--", "bash", "-c", Work]).ExitCode);
        string text = Command.Perf(["--buildid-dir", tree["cache"], "script", "-i", tree["perf.data"], "--no-inline", "-F", "ip,sym,symoff,dso"]).Output;
        using var store = new SymbolStore(SystemPaths.Default);
        var modules = new Dictionary<string, CodeModule>();
        var wrong = new List<string>();
        int named = 0, unnamed = 0;
        foreach (string line in text.Split('\n').Distinct())
        {
            Match match = Line().Match(line);
            if (!match.Success)
                continue;
            string path = match.Groups["module"].Value;
            // Memory without a file: it has no names.
            if (path.StartsWith("//", StringComparison.Ordinal) || path.StartsWith("[heap", StringComparison.Ordinal) || path.StartsWith("[stack", StringComparison.Ordinal) || path == "[unknown]")
                continue;
            if (!modules.TryGetValue(path, out CodeModule? module))
            {
                CodeModuleKind kind = path.StartsWith("[kernel", StringComparison.Ordinal) ? CodeModuleKind.Kernel : path == "[vdso]" ? CodeModuleKind.Vdso
                    : path.StartsWith('[') ? CodeModuleKind.KernelModule : CodeModuleKind.File;
                modules.Add(path, module = new CodeModule(store, path, kind));
            }
            ulong place = ulong.Parse(match.Groups["place"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            CodeSymbol? symbol = module.Symbols.Find(place);
            string ours = symbol is null ? "[unknown]" : $"{symbol.Name}+0x{place - symbol.Start:x}";
            if (ours != match.Groups["name"].Value)
                wrong.Add($"{line.Trim()}: {ours}");
            if (symbol is null)
                unnamed++;
            else
                named++;
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {named + unnamed} differ:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(named > 1000, $"Only {named} places have names.");
        Assert.True(modules.Count > 5);
    }

    // "	           12f9c main+0x2c (/usr/bin/x)"
    [GeneratedRegex(@"^\s+(?<place>[0-9a-f]+) (?<name>.+) \((?<module>[^()]+( \(deleted\))?)\)$")]
    private static partial Regex Line();
}
