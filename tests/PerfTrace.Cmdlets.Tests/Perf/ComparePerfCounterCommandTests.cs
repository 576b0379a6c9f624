using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class ComparePerfCounterCommandTests : CmdletFixture, IDisposable
{
    // A command whose page faults are more than a few and less than a million.
    private const string Measured = "Get-PerfCounter -Event page-faults true | Compare-PerfCounter";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perftrace-baseline-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    private void Write(string text) => File.WriteAllText(_path, text);

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    [Fact]
    public void A_growth_is_an_object_and_an_error()
    {
        Write("""[{"Event":"page-faults","Value":1}]""");

        HostResult result = Host.Run($"{Measured} {_path}");

        var difference = Assert.IsType<PerfCounterDifference>(Assert.Single(result.Objects));
        Assert.True(difference.IsRegression);
        Assert.Equal((1.0, 0.05), (difference.Baseline!.Value, difference.Threshold));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal(("CounterRegression", ErrorCategory.LimitsExceeded), (Id(error), error.CategoryInfo.Category));
        Assert.Same(difference, error.TargetObject);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("-Threshold 1e9")]
    [InlineData("-MinimumDifference 1000000")]
    public void What_is_allowed_is_no_error(string option)
    {
        Write("""[{"Event":"page-faults","Value":1}]""");

        Assert.False(Assert.IsType<PerfCounterDifference>(Assert.Single(Run($"{Measured} {_path} {option}").Objects)).IsRegression);
    }

    [Fact]
    public void A_baseline_is_written_and_compared_with()
    {
        Fail($"{Measured} {_path}", "BaselineNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(CounterChange.New, Single<PerfCounterDifference>($"{Measured} {_path} -Update").Status);
        Assert.NotNull(Single<PerfCounterDifference>($"{Measured} {_path} -Threshold 10").Change);
        Assert.DoesNotContain("ProcessId", File.ReadAllText(_path), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_compares_with_what_was_there_and_forgives_it()
    {
        Write("""[{"Event":"page-faults","Value":1}]""");

        Assert.True(Single<PerfCounterDifference>($"{Measured} {_path} -Update").IsRegression);
        Assert.True(CounterBaselineFile.Read(_path)[0].Value > 1);
    }

    [Fact]
    public void With_WhatIf_nothing_is_written()
    {
        Host.Run($"{Measured} {_path} -Update -WhatIf");

        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void A_gate_that_compared_nothing_fails()
    {
        Write("""[{"Event":"context-switches","Value":1}]""");

        HostResult result = Host.Run($"{Measured} {_path}");

        Assert.Equal("NothingCompared", Id(Assert.Single(result.Errors)));
        Assert.Equal([CounterChange.New, CounterChange.Missing], result.Objects.Cast<PerfCounterDifference>().Select(d => d.Status));
        Assert.Equal("NothingCompared", Id(Assert.Single(Host.Run($"{Measured} {_path} -Event cycles").Errors)));
    }

    [Fact]
    public void What_one_side_lacks_is_a_warning()
    {
        Write("""[{"Event":"page-faults","Value":1e9},{"Event":"cs","Value":1},{"Event":"cycles","Value":5}]""");

        HostResult result = Host.Run($"Get-PerfCounter -Event page-faults, minor-faults true | Compare-PerfCounter {_path}");

        Assert.Contains("In the baseline and not measured: cs, cycles.", result.StdErr, StringComparison.Ordinal);
        Assert.Contains("Not in the baseline (-Update writes it anew): minor-faults.", result.StdErr, StringComparison.Ordinal);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Events_can_be_chosen()
    {
        Write("""[{"Event":"page-faults","Value":1e9},{"Event":"cs","Value":1}]""");

        Assert.Equal("page-faults", Single<PerfCounterDifference>($"{Measured} {_path} -Event page*").Event);
    }

    [Theory]
    [InlineData("Event,Value\ncs,3\n")]
    [InlineData("[7]")]
    public void A_file_of_another_kind_is_an_error_of_its_own(string text)
    {
        Write(text);

        Fail($"{Measured} {_path}", "InvalidBaseline", ErrorCategory.InvalidData);
    }

    [Fact]
    public void Objects_that_are_no_counters_are_refused()
    {
        Fail("Get-PerfCounter -Event page-faults true | Compare-PerfCounter 7", "InvalidBaseline", ErrorCategory.InvalidData);
        Fail("Get-PerfCounter -Event page-faults true | Compare-PerfCounter a.json, b.json -Update", "UpdateNeedsPath", ErrorCategory.InvalidArgument);
        Write("""[{"Event":"page-faults","Value":1}]""");
        HostResult result = Host.Run($"Get-PerfEvent page-faults | Compare-PerfCounter {_path}");
        Assert.Equal(["InvalidInput", "NothingCompared"], result.Errors.Select(Id));
    }
}
