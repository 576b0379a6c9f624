using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

/// <summary>The same recording through perf and our annotation: each instruction has as many samples.</summary>
public sealed partial class PerfAnnotateComparisonTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    [Theory]
    [InlineData("cpu-clock", "-F", "5000")]
    [InlineData("cpu-clock,page-faults", "-F", "3000")]
    [InlineData("task-clock", "-c", "300000", "-g")]
    public void Instructions_have_the_share_that_perf_annotate_shows(string events, params string[] options)
    {
        Assert.SkipUnless(KernelRelease.Machine == "x86_64", "Iced knows x86 alone.");
        // An interrupt is taken where instructions retire together: a loop of six has two or three such places, by the CPU's make; unrolled it has many on each.
        string program = BusyProgram.Build(_tree.Root, "-funroll-loops"), data = _tree["a.data"];
        Assert.Equal(0, Command.Perf(["record", "-q", "-e", events, .. options, "-o", data, "--", program, "5000"]).ExitCode);
        using var store = new SymbolStore(SystemPaths.Default);
        var lines = Annotate(data, store, new SampleFilter { Modules = ["busy"], Events = [events.Split(',')[0]] });

        // "leaf+0x1c": as many samples as perf script has there.
        var expected = Command.Perf(["script", "-i", data, "-G", "-F", "event,ip,sym,symoff,dso"]).Output.Split('\n')
            .Where(l => l.Contains("/busy)", StringComparison.Ordinal) && l.Contains(events.Split(',')[0], StringComparison.Ordinal))
            .Select(static l => Place.Match(l)).Where(static m => m.Success)
            .CountBy(static m => (m.Groups[1].Value, ulong.Parse(m.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
            .Select(static p => (p.Key.Item1, p.Key.Item2, (long)p.Value)).Where(static p => p.Item1 != "_init").Order();
        // A rare sample in the linkage table: perf 6.1 counts it from the symbol before, _init, where it has no names for the stubs.
        var actual = lines.Where(static l => l.Samples > 0 && l.Symbol != "_init" && !l.Symbol!.EndsWith("@plt", StringComparison.Ordinal)).Select(static l => (l.Symbol, l.Offset, l.Samples)).Order().ToList();
        Assert.True(actual.Count > 5, $"{actual.Count} instructions have samples.");
        Assert.Equal(expected, actual);

        foreach (string symbol in (string[])["leaf", "recurse", "middle"])
        {
            if (lines.Where(l => l.Symbol == symbol).ToList() is not [_, ..] ours)
                continue;
            string shown = Command.Perf(["annotate", "--stdio", "-i", data, "-s", symbol]).Output;
            // One part for each event.
            string part = shown.Split(" Percent ").Single(p => p.Contains($" for {events.Split(',')[0]} (", StringComparison.Ordinal));
            var theirs = AnnotatedLine.Matches(part).Select(static m => (Percent: m.Groups[1].Value, Address: m.Groups[2].Value, Text: Normal(m.Groups[3].Value))).ToList();
            Assert.Equal(theirs, ours.Select(static l => (l.Percent.ToString("0.00", CultureInfo.InvariantCulture), l.Address.ToString("x", CultureInfo.InvariantCulture), Normal(l.Instruction!))));
            Assert.Contains($"({ours[0].Function.Samples} samples", part, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Code_that_was_made_at_run_time_is_shown_from_the_jitdump()
    {
        string folder = _tree.Root, data = _tree["a.data"];
        Command.Result recorded = Command.Run("perf", ["record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data, "--", .. Helper.CommandLine("spin", "1500")],
            ("DOTNET_PerfMapEnabled", "1"), ("DOTNET_PerfMapStubGranularity", "2"), ("DOTNET_PerfMapJitDumpPath", folder), ("DOTNET_TieredCompilation", "0"));
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        using var store = new SymbolStore(SystemPaths.Default);

        var lines = Annotate(data, store, new SampleFilter { Symbols = ["*Helper::SpinOnce*"] });

        Assert.True(lines.Count > 5, "Helper.SpinOnce has no instructions.");
        Assert.EndsWith(".dump", lines[0].Module, StringComparison.Ordinal);
        Assert.True(lines[0].Function.Percent > 20, lines[0].Function.ToString());
        Assert.SkipUnless(KernelRelease.Machine == "x86_64", "Iced knows x86 alone.");
        Assert.Contains(lines, static l => l.Instruction == "ret");
        Assert.DoesNotContain(lines, static l => l.Instruction == "(bad)");
        // The hot ones are a loop: one jumps back.
        Assert.Contains(lines, l => l.Target < l.Address && l.TargetSymbol!.Contains("SpinOnce", StringComparison.Ordinal));
    }

    public void Dispose() => _tree.Dispose();

    [GeneratedRegex(@"(\w+)\+0x([0-9a-f]+) \(")]
    private static partial Regex Place { get; }

    [GeneratedRegex(@"^ +([0-9]+\.[0-9]+) +: +([0-9a-f]+): +(.+)$", RegexOptions.Multiline)]
    private static partial Regex AnnotatedLine { get; }

    // Data has names for objdump, of which ours knows functions alone.
    // Before 2.41, objdump left out the count of a shift by one.
    private static string Normal(string text) => ShiftByOne.Replace(string.Join(' ', text.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)), "$1 ");

    [GeneratedRegex(@"^(sh[lr]|sa[lr]|ro[lr]|rc[lr]) \$0x1,")]
    private static partial Regex ShiftByOne { get; }

    private static List<PerfAnnotationLine> Annotate(string path, SymbolStore store, SampleFilter filter)
    {
        var builder = new AnnotationBuilder(filter);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(path), store);
        while (reader.TryRead(out PerfSample? sample))
            builder.Add(sample);
        var annotator = new FunctionAnnotator(store, AssemblySyntax.Att);
        return [.. builder.Build().SelectMany(annotator.Annotate)];
    }
}
