using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

/// <summary>Programs of several languages and builds, recorded, read and summed up by this project alone: the function that is busy has the greater part of the time.</summary>
public sealed class WholeProfileTests : IDisposable
{
    private const double GreaterPart = 80;

    // The line numbers are in the assertions.
    private const string Cpp = """
        #include <cstdlib>
        #include <unistd.h>
        volatile long total;
        namespace work {
        static inline __attribute__((always_inline)) long innermost(long n) {
            for (long i = 0; i < 50; i++) total = total + (n ^ i);
            return total * n;
        }
        static inline __attribute__((always_inline)) long middle(long n) { return innermost(n) + 1; }
        struct Loop { __attribute__((noipa)) long hidden(long n) {
            long sum = 0;
            for (long i = 0; i < n; i++) {
                sum += middle(i);
                if ((i & 0xfffff) == 0xfffff) getppid(); } // a function that calls none needs no frame
            return sum; } };
        }
        int main(int, char **v) { work::Loop loop; return (loop.hidden(atol(v[1])) ^ 1) == 7; }
        """;

    private const string Rounds = "20000000";

    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(CallStackMode.FramePointer)]
    [InlineData(CallStackMode.Dwarf)]
    public void Inlined_functions_of_a_Cpp_program_have_their_source_lines(CallStackMode mode)
    {
        string program = Compile(["-g", .. mode == CallStackMode.Dwarf ? (string[])["-fomit-frame-pointer"] : []]);
        List<PerfSample> samples = Record(mode, program, Rounds);

        IReadOnlyList<PerfReportEntry> functions = Report(samples, ReportKeyKind.Symbol, expandInlined: true);
        AssertBusy(functions, "work::innermost", FrameKind.Inlined, isSelf: true);
        AssertBusy(functions, "work::middle", FrameKind.Inlined, isSelf: false);
        AssertBusy(functions, "work::Loop::hidden", FrameKind.User, isSelf: false);
        AssertBusy(functions, "main", FrameKind.User, isSelf: false);
        AssertBusy(Report(samples, ReportKeyKind.Symbol), "work::Loop::hidden", FrameKind.User, isSelf: true);
        Assert.True(Report(samples, ReportKeyKind.SourceLine).Where(static r => r.SourceLine is "work.cpp:6" or "work.cpp:7").Sum(static r => r.SelfPercent) > GreaterPart);
        PerfSample busy = samples.First(static s => s.Frame!.Locations is [{ Function: "work::innermost" }, ..]);
        Assert.Equal(["work::innermost", "work::middle", "work::Loop::hidden"], busy.Frame!.Locations.Select(static l => l.Function));
        Assert.Equal([9, 13], busy.Frame.Locations.Skip(1).Select(static l => l.Line));
        Assert.Equal((_file.Folder + "/work.cpp", true), (busy.Frame.SourceFile, busy.Frame.SourceLine is 6 or 7));
        Assert.Contains("main", busy.CallStack!.Select(static f => f.Symbol));
    }

    [Fact]
    public void A_stripped_program_has_the_names_of_the_debug_file_that_it_links_to()
    {
        string program = Compile("-g");
        Run("objcopy", "--only-keep-debug", program, program + ".debug");
        Run("strip", program);
        Assert.DoesNotContain("work::Loop::hidden", Symbols(Record(CallStackMode.FramePointer, program, Rounds)));
        Run("objcopy", $"--add-gnu-debuglink={program}.debug", program);

        List<PerfSample> samples = Record(CallStackMode.FramePointer, program, Rounds);

        IReadOnlyList<PerfReportEntry> functions = Report(samples, ReportKeyKind.Symbol);
        AssertBusy(functions, "work::Loop::hidden", FrameKind.User, isSelf: true);
        AssertBusy(functions, "main", FrameKind.User, isSelf: false);
        AssertBusy(Report(samples, ReportKeyKind.Symbol, expandInlined: true), "work::innermost", FrameKind.Inlined, isSelf: true);
    }

    [Fact]
    public void A_stripped_program_has_the_names_of_its_MiniDebugInfo()
    {
        string program = Compile();
        string keep = Path.Combine(_file.Folder, "keep"), mini = Path.Combine(_file.Folder, "mini");
        File.WriteAllText(keep, "_ZN4work4Loop6hiddenEl\nmain\n");
        // As find-debuginfo of Fedora makes it.
        Run("objcopy", "-S", "--remove-section", ".comment", $"--keep-symbols={keep}", program, mini);
        Run("xz", mini);
        Run("strip", program);
        Run("objcopy", $"--add-section=.gnu_debugdata={mini}.xz", program);

        IReadOnlyList<PerfReportEntry> functions = Report(Record(CallStackMode.FramePointer, program, Rounds), ReportKeyKind.Symbol);

        AssertBusy(functions, "work::Loop::hidden", FrameKind.User, isSelf: true);
        AssertBusy(functions, "main", FrameKind.User, isSelf: false);
    }

    [Fact]
    public void A_NET_program_has_the_names_of_its_perf_map()
    {
        List<PerfSample> samples = Record(CallStackMode.FramePointer, "env", ["DOTNET_PerfMapEnabled=1", .. Helper.CommandLine("spin", "2500")]);
        using var map = new PerfMap(samples);

        PerfReportEntry[] functions = [.. Report(samples, ReportKeyKind.Symbol)];

        PerfReportEntry spin = functions.First(static r => r.Symbol!.Contains("Helper::Spin(", StringComparison.Ordinal));
        Assert.Equal(FrameKind.Generated, spin.Kind);
        Assert.Matches(@"^(perf-\d+\.map|jit-\d+\.dump)$", spin.Module);
        Assert.True(Share(functions, "Helper::SpinOnce(") > GreaterPart, Text(functions));
        // The way there, but for Spin: when SpinOnce is optimised, it calls none and has no frame, so that its caller is not seen.
        string[] way = ["Helper::SpinOnce(", "Helper::Run(", "Program::Main("];
        Assert.True(samples.Count(s => way.All(w => s.CallStack!.Any(f => f.Symbol?.Contains(w, StringComparison.Ordinal) == true))) > samples.Count / 2);
    }

    [Fact]
    public void A_Node_program_has_the_names_of_its_perf_map()
    {
        Assert.SkipUnless(IsInPath("node"), "Node is not installed.");
        string script = Path.Combine(_file.Folder, "busy.js");
        File.WriteAllText(script, """
            function busyLoop(n) { let s = 0; for (let i = 0; i < n; i++) s = ((s << 5) - s ^ i) | 0; return s; }
            function outer(n) { return busyLoop(n) + 1; }
            outer(600000000);
            """);
        List<PerfSample> samples = Record(CallStackMode.FramePointer, "node", "--perf-basic-prof", "--interpreted-frames-native-stack", script);
        using var map = new PerfMap(samples);

        int busy = samples.Count(static s => s.CallStack!.Any(static f => f.Symbol is { } name && name.StartsWith("JS:", StringComparison.Ordinal) && name.Contains("busyLoop", StringComparison.Ordinal)));
        Assert.True(100.0 * busy / samples.Count > GreaterPart, Text(Report(samples, ReportKeyKind.Symbol)));
        Assert.Contains(samples, static s => s.CallStack!.Any(static f => f.Symbol?.Contains("outer", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void A_Rust_program_has_readable_names_and_source_lines()
    {
        Assert.SkipUnless(IsInPath("rustc"), "Rust is not installed.");
        string source = Path.Combine(_file.Folder, "busy.rs"), program = Path.Combine(_file.Folder, "busy");
        File.WriteAllText(source, """
            mod work {
                pub struct Loop<T> { pub seed: T }
                #[inline(always)]
                fn inner(s: u64, i: u64) -> u64 { std::hint::black_box(s.wrapping_mul(31) ^ i) }
                impl Loop<u64> {
                    #[inline(never)]
                    pub fn busy(&self, n: u64) -> u64 { let mut s = self.seed; for i in 0..n { s = inner(s, i); } s }
                }
            }
            fn main() { let l = work::Loop { seed: std::env::args().count() as u64 }; println!("{}", l.busy(600_000_000)); }
            """);
        Run("rustc", "-O", "-g", "-C", "force-frame-pointers=yes", "-A", "warnings", "-o", program, source);

        List<PerfSample> samples = Record(CallStackMode.FramePointer, program);

        IReadOnlyList<PerfReportEntry> functions = Report(samples, ReportKeyKind.Symbol);
        PerfReportEntry busy = functions.MaxBy(static r => r.Self)!;
        Assert.Matches(@"^(<busy::work::Loop<u64>>|busy::work::Loop<u64>)::busy$", busy.Symbol);
        Assert.True(busy.SelfPercent > GreaterPart, Text(functions));
        AssertBusy(functions, "busy::main", FrameKind.User, isSelf: false);
        IReadOnlyList<PerfReportEntry> lines = Report(samples, ReportKeyKind.SourceLine);
        Assert.True(lines.Where(static r => r.SourceLine!.Contains(".rs:", StringComparison.Ordinal)).Sum(static r => r.SelfPercent) > GreaterPart, Text(lines));
        Assert.True(samples.Count(static s => s.Frame!.Locations is [.., { Function: "busy" or "busy::work::Loop<u64>::busy", Line: 7 }]) > samples.Count / 2, string.Join('\n', samples[^1].Frame!.Locations));
    }

    // The file that a runtime leaves in /tmp goes with the test.
    private sealed class PerfMap(List<PerfSample> samples) : IDisposable
    {
        public void Dispose()
        {
            foreach (int process in samples.Select(static s => s.ProcessId!.Value).Distinct())
            {
                File.Delete($"/tmp/perf-{process}.map");
                File.Delete($"/tmp/jit-{process}.dump");
                File.Delete($"/tmp/perfinfo-{process}.map");
            }
        }
    }

    private string Compile(params string[] options)
    {
        string source = Path.Combine(_file.Folder, "work.cpp"), program = Path.Combine(_file.Folder, "work");
        File.WriteAllText(source, Cpp);
        Run("g++", ["-O2", "-fno-omit-frame-pointer", "-Wl,--build-id", .. options, "-o", program, source]);
        return program;
    }

    private List<PerfSample> Record(CallStackMode mode, string program, params string[] arguments)
    {
        _file.Run("cpu-clock", new CounterTarget.Command(program, arguments, _file.Folder), new SamplingOptions { Frequency = 999, CallStack = mode });
        using var symbols = new SymbolStore(SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(_file.Path), symbols);
        var samples = new List<PerfSample>();
        while (reader.TryRead(out PerfSample? sample))
        {
            // Names are looked up while the store is there.
            _ = sample.CallStack!.Count(static f => f.Symbol is not null && f.Locations.Count > 0) + sample.Frame!.Locations.Count;
            samples.Add(sample);
        }
        Assert.Equal((null, null, 0L), (reader.Problem, reader.Missing, reader.Lost));
        Assert.True(samples.Count > 100, $"Only {samples.Count} samples were taken.");
        return samples;
    }

    private static IReadOnlyList<PerfReportEntry> Report(List<PerfSample> samples, ReportKeyKind key, bool expandInlined = false)
    {
        var report = new ReportBuilder([ReportKey.Of(key)], SampleFilter.All, expandInlined);
        foreach (PerfSample sample in samples)
            report.Add(sample);
        return report.Build();
    }

    private static IEnumerable<string?> Symbols(List<PerfSample> samples) => samples.SelectMany(static s => s.CallStack!).Select(static f => f.Symbol);

    private static void AssertBusy(IReadOnlyList<PerfReportEntry> rows, string symbol, FrameKind kind, bool isSelf)
    {
        PerfReportEntry? row = rows.SingleOrDefault(r => r.Symbol == symbol);
        Assert.True(row is not null && row.Kind == kind && (isSelf ? row.SelfPercent : row.ChildrenPercent) > GreaterPart, $"{symbol} is to have more than {GreaterPart} %:\n{Text(rows)}");
    }

    // Of a function that was compiled more than once: by an interpreter, a quick and an optimising compiler.
    private static double Share(IEnumerable<PerfReportEntry> rows, string name) => rows.Where(r => r.Symbol!.Contains(name, StringComparison.Ordinal)).Sum(static r => r.SelfPercent);

    private static string Text(IReadOnlyList<PerfReportEntry> rows) => string.Join('\n', rows.Take(20));

    private static bool IsInPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, name)));

    private static void Run(string file, params string[] arguments)
    {
        Command.Result result = Command.Run(file, arguments);
        Assert.True(result.ExitCode == 0, $"{file}: {result.Error}");
    }
}
