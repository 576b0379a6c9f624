using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Comparing;

public class CounterComparisonTests
{
    private static CounterFigure Figure(string name, double? value, CounterStatus status = CounterStatus.Counted) => new() { Event = name, Value = value, Status = status };

    private static PerfCounterDifference One(CounterFigure before, CounterFigure now, double threshold = 0.05, double minimum = 0) =>
        Assert.Single(CounterComparison.Compare([before], [now], threshold, minimum));

    [Theory]
    [InlineData(100, 105, CounterChange.Unchanged)]
    [InlineData(100, 106, CounterChange.Regressed)]
    [InlineData(100, 95, CounterChange.Unchanged)]
    [InlineData(100, 94, CounterChange.Improved)]
    [InlineData(0, 0, CounterChange.Unchanged)]
    [InlineData(0, 1, CounterChange.Regressed)]
    [InlineData(1, 0, CounterChange.Improved)]
    public void Growth_beyond_the_threshold_is_a_regression(double before, double now, CounterChange expected)
    {
        PerfCounterDifference d = One(Figure("e", before), Figure("e", now));

        Assert.Equal((expected, expected == CounterChange.Regressed, now - before), (d.Status, d.IsRegression, d.Difference));
        Assert.Equal(now == before ? 0 : before == 0 ? double.PositiveInfinity : (now - before) / before, d.Change);
    }

    [Fact]
    public void A_growth_of_few_counts_can_be_allowed()
    {
        Assert.False(One(Figure("e", 0), Figure("e", 3), minimum: 3).IsRegression);
        Assert.True(One(Figure("e", 0), Figure("e", 4), minimum: 3).IsRegression);
    }

    [Fact]
    public void What_one_side_lacks_is_told_with_the_reason()
    {
        PerfCounterDifference[] all =
        [
            .. CounterComparison.Compare([Figure("gone", 1), Figure("e", 2), Figure("root", 5), Figure("pmu", null, CounterStatus.NotSupported)],
                [Figure("e", 2), Figure("new", 3), Figure("root:u", 4), Figure("pmu", 7)], 0.05),
        ];

        Assert.Equal(["e", "new", "root:u", "pmu", "gone", "root"], all.Select(d => d.Event));
        Assert.Equal([CounterChange.Unchanged, CounterChange.New, CounterChange.New, CounterChange.NotCounted, CounterChange.Missing, CounterChange.Missing], all.Select(d => d.Status));
        Assert.All(all.Skip(1), d => Assert.Null(d.Change));
        Assert.Equal("It could not be counted for the baseline (NotSupported).", all[3].Reason);
        Assert.Contains("There is root:u", all[5].Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0), (all[4].BaselineRuns, all[4].Runs));
    }

    [Fact]
    public void Runs_of_a_command_are_put_to_their_mean()
    {
        CounterFigure Run(int process, double value) => Figure("e", value) with { Command = "app", ProcessId = process };

        PerfCounterDifference d = Assert.Single(CounterComparison.Compare([Run(1, 90), Run(2, 110)], [Run(3, 120)], 0.05));

        Assert.Equal((100.0, 2, 120.0, 1), (d.Baseline!.Value, d.BaselineRuns, d.Value!.Value, d.Runs));
        // The standard error of 90 and 110 is 10 % of 100.
        Assert.Equal(1.2 * 0.1, d.Uncertainty!.Value, 12);
    }

    [Fact]
    public void Means_of_repeats_weigh_by_their_runs()
    {
        PerfCounterDifference d = Assert.Single(CounterComparison.Compare(
            [Figure("e", 10) with { Command = "a", Runs = 3 }, Figure("e", 20) with { Command = "a", Runs = 1 }], [Figure("e", 12.5) with { Command = "a" }], 0));

        Assert.Equal((12.5, 4, CounterChange.Unchanged), (d.Baseline!.Value, d.BaselineRuns, d.Status));
    }

    [Fact]
    public void Processes_and_threads_of_a_name_are_added_up()
    {
        CounterFigure Thread(int id, double value) => Figure("e", value) with { CommandName = "nginx", ProcessId = 1, ThreadId = id };

        PerfCounterDifference d = Assert.Single(CounterComparison.Compare([Thread(1, 5), Thread(2, 6)], [Thread(7, 4), Thread(8, 4), Thread(9, 4)], 0.05));

        Assert.Equal((11.0, 12.0, CounterChange.Regressed), (d.Baseline!.Value, d.Value!.Value, d.Status));
    }

    [Fact]
    public void The_intervals_of_a_series_are_added_up()
    {
        CounterFigure Part(int process, double value) => Figure("e", value) with { Command = "app", ProcessId = process, IsInterval = true };

        PerfCounterDifference d = Assert.Single(CounterComparison.Compare([Part(1, 1), Part(1, 2), Part(2, 4), Part(2, 1)], [Part(3, 2), Part(3, 2)], 0.05));

        Assert.Equal((4.0, 2, 4.0, 1), (d.Baseline!.Value, d.BaselineRuns, d.Value!.Value, d.Runs));
    }

    [Fact]
    public void Places_are_compared_each_with_its_own()
    {
        CounterFigure On(int cpu, double value) => Figure("e", value) with { Cpu = cpu, Core = cpu, Socket = 0 };

        PerfCounterDifference[] all = [.. CounterComparison.Compare([On(0, 10), On(1, 20)], [On(1, 20), On(0, 30)], 0.05)];

        Assert.Equal([("CPU 1", CounterChange.Unchanged), ("CPU 0", CounterChange.Regressed)], all.Select(d => (d.Target!, d.Status)));
    }

    [Fact]
    public void The_names_of_programs_matter_only_where_there_are_several()
    {
        CounterFigure Of(string command, double value) => Figure("e", value) with { Command = command };

        Assert.Equal((CounterChange.Unchanged, null), One(Of("./old", 10), Of("./new", 10)) is var d ? (d.Status, d.Target) : default);
        Assert.Equal([("a", CounterChange.Regressed), ("c", CounterChange.New), ("b", CounterChange.Missing)],
            CounterComparison.Compare([Of("a", 1), Of("b", 1)], [Of("a", 2), Of("c", 1)], 0.05).Select(x => (x.Target!, x.Status)));
    }

    [Fact]
    public void What_shared_the_PMU_has_the_smaller_percentage()
    {
        Assert.Equal(40, One(Figure("e", 1) with { RunningPercent = 100 }, Figure("e", 1) with { RunningPercent = 40 }).RunningPercent);
    }

    [Fact]
    public void The_error_has_the_figures()
    {
        PerfCounterDifference d = One(Figure("e", 1000) with { Unit = "ns", RelativeError = 3 }, Figure("e", 1234) with { Unit = "ns" });

        string message = CounterComparison.Error(d).Message;
        Assert.Contains("23.4 %", message, StringComparison.Ordinal);
        Assert.Contains("1,234 ns; 5 % is allowed. The standard error of the change is 3.7 %.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_is_taken_whatever_its_numbers_are()
    {
        var csv = new Dictionary<string, object?> { ["Event"] = "cs", ["Value"] = "12", ["Status"] = "Counted", ["Cpu"] = "", ["RunningPercent"] = "99.5" };
        var json = new Dictionary<string, object?> { ["Event"] = "cs", ["Value"] = 12.0, ["Status"] = 0.0, ["RunningPercent"] = 99.5 };

        Assert.Equal(CounterFigure.From(json.GetValueOrDefault), CounterFigure.From(csv.GetValueOrDefault));
        Assert.Equal(CounterStatus.NotSupported, CounterFigure.From(name => name switch { "Event" => "cycles", "Status" => 2, _ => null }).Status);
    }

    [Theory]
    [InlineData("Event", null, "no property Event")]
    [InlineData("Value", "many", "Value is no number: many")]
    [InlineData("Value", null, "cs has no Value")]
    [InlineData("Status", "Lost", "Status can not be 'Lost'")]
    [InlineData("Cpu", -1, "Cpu can not be -1")]
    public void What_is_no_counter_is_told_apart(string property, object? value, string message)
    {
        var properties = new Dictionary<string, object?> { ["Event"] = "cs", ["Value"] = 1, [property] = value };

        Assert.Contains(message, Assert.Throws<CounterBaselineException>(() => CounterFigure.From(properties.GetValueOrDefault)).Message, StringComparison.Ordinal);
    }
}
