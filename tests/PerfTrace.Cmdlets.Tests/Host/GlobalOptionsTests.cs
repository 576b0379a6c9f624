using PerfTrace.Host;

namespace PerfTrace.Tests.Host;

public sealed class GlobalOptionsTests
{
    [Theory]
    [InlineData("-o", "csv", "Value\n1\n")]
    [InlineData("--output", "JSON", "[\n1\n]\n")]
    [InlineData("--output=jsonl", null, "1\n")]
    [InlineData("--output=list", null, "1\n")]
    [InlineData("-o", "table", "1\n")]
    public void ChooseTheFormOfOutput(string option, string? value, string expected)
    {
        string[] arguments = value is null ? [option, "Write-Item", "1"] : [option, value, "Write-Item", "1"];
        Assert.Equal(expected, TestHost.Run(arguments).StdOut);
    }

    [Fact]
    public void StandBeforeAPipelineToo() => Assert.Equal("Value\n1/none/-1\n", TestHost.Run(["-o", "csv", "Write-Item 1 | Test-Pipeline"]).StdOut);

    [Theory]
    [InlineData("There is no output form 'yaml'", "-o", "yaml", "Write-Item")]
    [InlineData("expected after --output", "--output")]
    [InlineData("There is no option --frobnicate", "--frobnicate")]
    [InlineData("before the name of the cmdlet", "Write-Item", "1", "--output", "csv")]
    [InlineData("nothing can follow it", "Write-Item 1 | Test-Pipeline", "-Key", "x")]
    public void AreCheckedBeforeAnythingRuns(string message, params string[] arguments)
    {
        HostResult result = TestHost.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("perftrace: ", result.StdErr, StringComparison.Ordinal);
        Assert.Contains(message, result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void PipedOutputIsJsonLines() => Assert.Equal("1\n2\n", TestHost.Run(["Write-Item", "1,2"]).StdOut);
}
