using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class AnnotationTests : IDisposable
{
    // f: push %rbp; mov %rsp,%rbp; call g; pop %rbp; ret. g: ret.
    private static readonly byte[] s_code = Convert.FromHexString("554889e5e8020000005dc3c3");

    private const ulong Text = ElfBuilder.TextAddress, Offset = ElfBuilder.TextOffset;

    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _store = new(SystemPaths.Default);
    private readonly CodeModule _program;

    public AnnotationTests() => _program = Program("program");

    [Fact]
    public void Samples_count_for_the_instruction_that_they_are_in()
    {
        // One is in the middle of the call: what is taken for an instruction may not be one.
        PerfAnnotatedFunction function = Assert.Single(Build(SampleFilter.All, Sample(1, 30), Sample(4, 10), Sample(6, 20), Sample(4, 30)));
        var lines = Annotate(function);

        Assert.Equal([(Text, "push   %rbp"), (Text + 1, "mov    %rsp,%rbp"), (Text + 4, "call   40100b <g>"), (Text + 9, "pop    %rbp"), (Text + 10, "ret")], lines.Select(l => (l.Address, l.Instruction!)));
        Assert.Equal([(0, 0, 0), (1, 30, 33.3333), (3, 60, 66.6667), (0, 0, 0), (0, 0, 0)], lines.Select(l => (l.Samples, l.Period, Math.Round(l.Percent, 4))));
        Assert.Equal((Text + 11, "g"), (lines[2].Target, lines[2].TargetSymbol));
        Assert.Equal([0x55], lines[0].Bytes);
        Assert.Equal(("f", "program", 4, 90, 100), (function.Symbol, function.Module, function.Samples, function.Period, function.Percent));
    }

    [Theory]
    [InlineData("en-US", "f (program), 4 samples of cpu-clock, 100.00 % of all")]
    [InlineData("de-DE", "f (program), 4 samples of cpu-clock, 100,00 % of all")]
    public void A_function_says_what_share_it_has_in_the_current_culture(string culture, string text)
    {
        PerfAnnotatedFunction function = Assert.Single(Build(SampleFilter.All, Sample(1, 30), Sample(4, 10), Sample(6, 20), Sample(4, 30)));
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        Assert.Equal(text, function.ToString());
    }

    [Fact]
    public void Functions_come_event_by_event_with_the_hottest_first()
    {
        var functions = Build(SampleFilter.All, Sample(1, 10), Sample(11, 30), Sample(1, 5, "page-faults"), Sample(11, 5, "page-faults"), Sample(0x100, 20));

        Assert.Equal([("cpu-clock", "g", 50), ("cpu-clock", "f", 16.67), ("page-faults", "f", 50), ("page-faults", "g", 50)],
            functions.Select(f => (f.Event, f.Symbol, Math.Round(f.Percent, 2))));
    }

    [Fact]
    public void Filters_of_functions_leave_shares_as_they_are()
    {
        PerfSample[] all = [Sample(1, 10), Sample(11, 30)];

        Assert.Equal([("f", 25)], Build(new SampleFilter { Symbols = ["F"] }, all).Select(f => (f.Symbol, f.Percent)));
        Assert.Empty(Build(new SampleFilter { Modules = ["other"] }, all));
        Assert.Empty(Build(new SampleFilter { Commands = ["other"] }, all));
        Assert.Equal([("f", 25)], Build(new SampleFilter { Symbols = ["?"], Modules = ["prog*"], ProcessIds = [12] }, all).Where(f => f.Symbol == "f").Select(f => (f.Symbol, f.Percent)));
    }

    [Fact]
    public void Functions_of_two_programs_stay_apart_although_they_are_alike()
    {
        CodeModule other = Program("other");

        var functions = Build(SampleFilter.All, Sample(1, 10), Sample(1, 20, module: other));

        Assert.Equal([("other", 20), ("program", 10)], functions.Select(f => (f.Module, f.Period)));
    }

    [Fact]
    public void What_is_in_no_function_is_counted_with_the_reason()
    {
        var builder = new AnnotationBuilder(SampleFilter.All);
        builder.Add(Sample(0x800, 1, module: new CodeModule(_store, "/nowhere/lib.so", CodeModuleKind.File)));

        Assert.Empty(builder.Build());
        Assert.Equal(1, builder.WithoutSymbol);
        Assert.Contains("/nowhere/lib.so is not there", builder.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_of_another_machine_is_shown_by_its_bytes()
    {
        new ElfBuilder(machine: ElfMachine.Arm64) { Text = s_code }.Symbol("f", Text, 12).WriteTo(_tree["arm"]);
        var annotator = new FunctionAnnotator(_store, AssemblySyntax.Att);

        var lines = annotator.Annotate(Assert.Single(Build(SampleFilter.All, Sample(5, 1, module: new CodeModule(_store, _tree["arm"], CodeModuleKind.File))))).ToList();

        Assert.Contains("Arm64", annotator.Problem, StringComparison.Ordinal);
        Assert.Equal([("554889e5", null, 0), ("e8020000", null, 1), ("005dc3c3", null, 0)], lines.Select(l => (l.Text, l.Instruction, l.Samples)));
    }

    [Fact]
    public void Objects_outlive_the_command_that_read_them()
    {
        string program = BusyProgram.Build(_tree.Root);
        using var first = new SymbolStore(SystemPaths.Default);
        var module = new CodeModule(first, program, CodeModuleKind.File);
        using ElfFile file = ElfFile.Open(program);
        PerfSample sample = SampleAt(file.OffsetOf(ElfSymbolReader.Read([file]).Find("leaf")[0].Address)!.Value, module);
        first.Dispose();

        var lines = Annotate(Assert.Single(Build(SampleFilter.All, sample)));

        Assert.All(lines, l => Assert.StartsWith("busy.c:", l.Source, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _store.Dispose();
        _tree.Dispose();
    }

    private static IReadOnlyList<PerfAnnotatedFunction> Build(SampleFilter filter, params PerfSample[] samples)
    {
        var builder = new AnnotationBuilder(filter);
        foreach (PerfSample sample in samples)
            builder.Add(sample);
        return builder.Build();
    }

    private List<PerfAnnotationLine> Annotate(PerfAnnotatedFunction function) => [.. new FunctionAnnotator(_store, AssemblySyntax.Att).Annotate(function)];

    private CodeModule Program(string name)
    {
        new ElfBuilder { Text = s_code }.Symbol("f", Text, 11).Symbol("g", Text + 11, 1).WriteTo(_tree[name]);
        return new CodeModule(_store, _tree[name], CodeModuleKind.File);
    }

    private PerfSample Sample(ulong offset, long period, string eventName = "cpu-clock", CodeModule? module = null) => SampleAt(Offset + offset, module ?? _program, period, eventName);

    private static PerfSample SampleAt(ulong place, CodeModule module, long period = 1, string eventName = "cpu-clock") => new()
    {
        EventName = eventName,
        CommandName = "program",
        ProcessId = 12,
        ThreadId = 12,
        Period = period,
        Frame = new StackFrame(0x5500_0000_0000 + place, module, place, isKernel: false, isCaller: false),
    };
}
