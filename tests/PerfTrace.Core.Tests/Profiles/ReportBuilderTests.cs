using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

public sealed class ReportBuilderTests : IDisposable
{
    private readonly StackMaker _make = new();

    public void Dispose() => _make.Dispose();

    [Fact]
    public void Self_and_children_are_shares_of_the_event()
    {
        var rows = Report(Default, _make.Sample("main;a", 60), _make.Sample("main;b", 30), _make.Sample("main", 10));

        Assert.Equal(["main", "a", "b"], rows.Select(r => r.Symbol));
        Assert.Equal([(10, 100), (60, 60), (30, 30)], rows.Select(r => (r.SelfPercent, r.ChildrenPercent)));
        Assert.Equal([(1, 3), (1, 1), (1, 1)], rows.Select(r => (r.Samples, r.ChildrenSamples)));
        Assert.All(rows, r => Assert.Equal(("cpu-clock", "app", "app", FrameKind.User), (r.Event, r.Command, r.Module, r.Kind)));
    }

    [Fact]
    public void A_function_that_recurs_counts_once_for_each_sample()
    {
        var rows = Report(Default, _make.Sample("main;f;g;f;g;f", 5));

        Assert.Equal([("f", 5, 5), ("g", 0, 5), ("main", 0, 5)], rows.Select(r => (r.Symbol!, r.Self, r.Children)));
    }

    [Fact]
    public void Events_have_totals_of_their_own()
    {
        var rows = Report(Default, _make.Sample("a", 3), _make.Sample("a", 900, eventName: "page-faults"), _make.Sample("b", 1));

        Assert.Equal([("cpu-clock", "a", 75), ("cpu-clock", "b", 25), ("page-faults", "a", 100)], rows.Select(r => (r.Event!, r.Symbol!, r.SelfPercent)));
    }

    [Fact]
    public void What_has_no_symbol_is_told_by_its_address()
    {
        CodeModule module = _make.Module("/usr/lib/libx.so", CodeModuleKind.File);
        StackFrame first = new(0x7f0000001234, module, 0x1234, null, []), second = new(0x7f0000001240, module, 0x1240, null, []);
        var rows = Report(Default, Of(first), Of(first), Of(second));

        Assert.Equal([("libx.so", "0x1234", 2), ("libx.so", "0x1240", 1)], rows.Select(r => (r.Module!, r.Symbol!, r.Self)));
        Assert.Equal(("libx.so", 3), Report([ReportKeyKind.Module], Of(first), Of(first), Of(second)).Select(r => (r.Module!, r.Self)).Single());
    }

    [Fact]
    public void A_sample_without_any_frame_counts_too()
    {
        var rows = Report(Default, new PerfSample { EventName = "e", Period = 7 });

        Assert.Equal(("[unknown]", 7, 100), rows.Select(r => (r.Module!, r.Self, r.SelfPercent)).Single());
    }

    [Fact]
    public void Keys_that_are_of_samples()
    {
        var samples = new[]
        {
            _make.Sample("a", 1, "x", thread: 1, cpu: 0, process: 10), _make.Sample("b", 2, "x", thread: 2, cpu: 1, process: 10), _make.Sample("c", 4, "y", thread: 3, cpu: 1, process: 11),
        };

        Assert.Equal([("y", 4), ("x", 3)], Report([ReportKeyKind.Command], samples).Select(r => (r.Command!, r.Self)));
        Assert.Equal([(11, 4), (10, 3)], Report([ReportKeyKind.Process], samples).Select(r => (r.ProcessId!.Value, r.Self)));
        Assert.Equal([3, 2, 1], Report([ReportKeyKind.Thread], samples).Select(r => r.ThreadId));
        Assert.Equal([(1, 6), (0, 1)], Report([ReportKeyKind.Cpu], samples).Select(r => (r.Cpu!.Value, r.Self)));
        Assert.Equal(["1, x", "1, y", "0, x"], Report([ReportKeyKind.Cpu, ReportKeyKind.Command], samples).OrderBy(r => r.Command).ThenByDescending(r => r.Cpu)
            .OrderByDescending(r => r.Cpu).Select(r => r.Name));
        Assert.Null(Report([ReportKeyKind.Event], samples).Single().Symbol);
    }

    [Fact]
    public void Source_lines_are_told_by_file_and_line_and_else_by_function()
    {
        CodeModule module = _make.Module("/usr/bin/app", CodeModuleKind.File);
        var known = new StackFrame(1, module, 1, new CodeSymbol("f", 0, 9), [new CodeLocation("f", "/src/f.c", 12)]);
        var rows = Report([ReportKeyKind.SourceLine], Of(known), Of(known), Of(_make.Frame("g")));

        Assert.Equal([("f.c:12", 2), ("g (app)", 1)], rows.Select(r => (r.SourceLine!, r.Self)));
    }

    [Fact]
    public void Inlined_functions_count_as_called_ones_when_asked()
    {
        CodeModule module = _make.Module("/usr/bin/app", CodeModuleKind.File);
        var frame = new StackFrame(1, module, 1, new CodeSymbol("outer(int)", 0, 9), [new CodeLocation("inner", "f.h", 3), new CodeLocation("outer", "f.c", 12)]);
        var report = new ReportBuilder([ReportKey.Of(ReportKeyKind.Symbol)], SampleFilter.All, expandInlined: true);
        report.Add(Of(frame));

        Assert.Equal([("inner", 1, 1, FrameKind.Inlined), ("outer(int)", 0, 1, FrameKind.User)], report.Build().Select(r => (r.Symbol!, r.Self, r.Children, r.Kind!.Value)));
        Assert.Equal("outer(int)", Report([ReportKeyKind.Symbol], Of(frame)).Single().Symbol);
    }

    [Fact]
    public void Values_are_keys_too()
    {
        var parity = ReportKey.Computed("parity", s => s.Period % 2);
        var report = new ReportBuilder([parity], SampleFilter.All);
        for (int i = 0; i < 5; i++)
            report.Add(_make.Sample("a", i));

        Assert.Equal([(0L, 6), (1L, 4)], report.Build().Select(r => ((long)r.Values!["PARITY"]!, r.Self)));
        Assert.Empty(report.UnknownKeys);
    }

    [Fact]
    public void A_key_that_no_sample_has_is_told()
    {
        var report = new ReportBuilder([ReportKey.Parse("symbol"), ReportKey.Parse("prev_comm")], SampleFilter.All);
        Assert.Empty(report.UnknownKeys);
        report.Add(_make.Sample("a"));

        Assert.Equal(["prev_comm"], report.UnknownKeys);
    }

    [Theory]
    [InlineData("Symbol", "f*", "f1 f2", 25)]
    [InlineData("Module", "libc*", "malloc", 50)]
    [InlineData("Module", "[KERNEL.kallsyms]", "read", 25)]
    [InlineData("Command", "other", "read main", 25)]
    public void Rows_that_are_chosen_keep_their_share_of_all(string what, string pattern, string symbols, double percent)
    {
        SampleFilter filter = what switch
        {
            "Symbol" => new() { Symbols = [pattern] },
            "Module" => new() { Modules = [pattern] },
            _ => new() { Commands = [pattern] },
        };
        var report = new ReportBuilder([ReportKey.Of(ReportKeyKind.Module), ReportKey.Of(ReportKeyKind.Symbol)], filter);
        foreach (PerfSample sample in (PerfSample[])[_make.Sample("main;f1;f2"), _make.Sample("main;malloc@libc.so.6"), _make.Sample("main;malloc@libc.so.6"), _make.Sample("main;read_[k]", command: "other")])
            report.Add(sample);

        var rows = report.Build();
        Assert.Equal(symbols.Split(' ').Order(), rows.Select(r => r.Symbol!).Order());
        Assert.All(rows, r => Assert.Equal(percent, r.ChildrenPercent));
    }

    [Fact]
    public void Events_and_cpus_that_are_not_chosen_are_as_if_not_recorded()
    {
        var report = new ReportBuilder(Keys(Default), new SampleFilter { Events = ["cpu*"], Cpus = [1] });
        report.Add(_make.Sample("a", cpu: 0));
        report.Add(_make.Sample("a", cpu: 1));
        report.Add(_make.Sample("a", cpu: 1, eventName: "page-faults"));

        Assert.Equal((1, 100), report.Build().Select(r => (r.Self, r.SelfPercent)).Single());
    }

    [Fact]
    public void Frames_choose_samples_where_they_are_no_key()
    {
        var report = new ReportBuilder([ReportKey.Of(ReportKeyKind.Command)], new SampleFilter { Symbols = ["malloc"] });
        report.Add(_make.Sample("main;malloc@libc.so.6;brk_[k]", 3, "x"));
        report.Add(_make.Sample("main;free@libc.so.6", 1, "y"));

        Assert.Equal(("x", 75), report.Build().Select(r => (r.Command!, r.SelfPercent)).Single());
    }

    [Fact]
    public void Random_samples_add_up()
    {
        var random = new Random(4);
        var report = new ReportBuilder(Keys(Default), SampleFilter.All);
        long total = 0;
        for (int i = 0; i < 2_000; i++)
        {
            string stack = string.Join(';', Enumerable.Range(0, random.Next(1, 12)).Select(_ => $"f{random.Next(8)}"));
            long period = random.Next(0, 1000);
            total += period;
            report.Add(_make.Sample(stack, period, $"c{random.Next(3)}"));
        }

        var rows = report.Build();
        Assert.Equal(total, rows.Sum(r => r.Self));
        Assert.Equal(2_000, rows.Sum(r => r.Samples));
        Assert.Equal(100, rows.Sum(r => r.SelfPercent), 6);
        Assert.All(rows, r => Assert.True(r.Children >= r.Self && r.Children <= total && r.ChildrenSamples >= r.Samples));
    }

    [Fact]
    public void Folded_stacks_make_a_report()
    {
        var report = new ReportBuilder(Keys(Default), SampleFilter.All);
        report.Add(FoldedStack.Parse("app;main;f 3"));
        report.Add(FoldedStack.Parse("app;main;write_[k] 1"));
        report.Add(FoldedStack.Parse("idle 4"));

        var rows = report.Build();
        Assert.Equal([("idle", "[unknown]", 4, 4), ("app", "main", 0, 4), ("app", "f", 3, 3), ("app", "write", 1, 1)], rows.Select(r => (r.Command!, r.Symbol!, r.Self, r.Children)));
        Assert.Equal(FrameKind.Kernel, rows[3].Kind);
    }

    private static readonly ReportKeyKind[] Default = [ReportKeyKind.Command, ReportKeyKind.Module, ReportKeyKind.Symbol];

    private static ReportKey[] Keys(IEnumerable<ReportKeyKind> kinds) => [.. kinds.Select(ReportKey.Of)];

    private static PerfSample Of(StackFrame frame) => new() { EventName = "cpu-clock", CommandName = "app", Frame = frame };

    private static IReadOnlyList<PerfReportEntry> Report(ReportKeyKind[] keys, params PerfSample[] samples)
    {
        var report = new ReportBuilder(Keys(keys), SampleFilter.All);
        foreach (PerfSample sample in samples)
            report.Add(sample);
        return report.Build();
    }
}
