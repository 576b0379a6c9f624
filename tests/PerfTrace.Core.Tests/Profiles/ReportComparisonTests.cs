using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

public sealed class ReportComparisonTests
{
    [Fact]
    public void Changes_are_told_in_points_the_greatest_first()
    {
        var rows = ReportComparison.Compare(Report("a;f 60", "a;g 30", "a;gone 10"), Report("a;f 20", "a;g 70", "a;new 110"));

        Assert.Equal([("new", 55.0), ("f", -50.0), ("gone", -10.0), ("g", 5.0)], rows.Select(r => (r.Symbol!, Math.Round(r.Delta, 6))));
        Assert.Equal([null, 20.0 / 60, 0.0, 70.0 / 30], rows.Select(r => r.Ratio));
        Assert.Equal([(null, 55.0), (60.0, 10.0), (10.0, null), (30.0, 35.0)], rows.Select(r => (r.BaselinePercent, r.Percent)));
        Assert.Equal([110, -40, -10, 40], rows.Select(r => r.WeightedDifference));
        Assert.Equal(0, rows.Sum(r => r.Delta), 6);
    }

    [Fact]
    public void Weights_multiply_the_occurrences() =>
        Assert.Equal(2 * 20 - 3 * 60, ReportComparison.Compare(Report("a;f 60"), Report("a;f 20"), 3, 2).Single().WeightedDifference);

    [Fact]
    public void Functions_that_only_call_others_are_left_out() =>
        Assert.Equal(["f"], ReportComparison.Compare(Report("a;main;f 60"), Report("a;main;f 20")).Select(r => r.Symbol));

    [Fact]
    public void Reports_by_other_keys_are_compared_by_these()
    {
        var row = ReportComparison.Compare(Report(ReportKeyKind.Command, "a;f 1", "b;f 1"), Report(ReportKeyKind.Command, "a;f 3", "b;f 1"))[0];

        Assert.Equal((null, "a", 25), (row.Symbol, row.Name, row.Delta));
    }

    private static IReadOnlyList<PerfReportEntry> Report(params string[] stacks) => Report(ReportKeyKind.Symbol, stacks);

    private static IReadOnlyList<PerfReportEntry> Report(ReportKeyKind key, params string[] stacks)
    {
        var report = new ReportBuilder([ReportKey.Of(key)], SampleFilter.All);
        foreach (string stack in stacks)
            report.Add(FoldedStack.Parse(stack));
        return report.Build();
    }
}
