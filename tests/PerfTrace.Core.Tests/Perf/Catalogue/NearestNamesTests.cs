using PerfTrace.Perf;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Perf.Catalogue;

public class NearestNamesTests
{
    private static readonly string[] Names = ["cycles", "cpu-cycles", "instructions", "page-faults", "minor-faults", "major-faults", "cs"];

    [Theory]
    [InlineData("cylces", "cycles")] // two neighbours swapped
    [InlineData("cycle", "cycles")]
    [InlineData("CYCLES", "cycles")]
    [InlineData("instrctions", "instructions")]
    [InlineData("page-fault", "page-faults")]
    [InlineData("minorfaults", "minor-faults,major-faults")]
    [InlineData("manor-faults", "major-faults,minor-faults,page-faults")]
    [InlineData("completely-different", "")]
    [InlineData("", "")]
    public void FindsTheNearest(string wrong, string expected) => Assert.Equal(expected, string.Join(',', NearestNames.Find(wrong, Names)));

    [Fact]
    public void GivesAtMostThreeNearestFirst() =>
        Assert.Equal(["abcdef", "abcdeg", "abcdeh"], NearestNames.Find("abcdef", ["abcdez", "abcdeh", "abcdeg", "abcdef", "abcdey", "zzzzzz"]));
}
