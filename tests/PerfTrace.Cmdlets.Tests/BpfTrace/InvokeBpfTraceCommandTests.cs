using System.Management.Automation;
using PerfTrace.BpfTrace;
using PerfTrace.Host;
using PerfTrace.Host.Running;

namespace PerfTrace.Tests.BpfTrace;

[Collection(CmdletCollection.Name)]
public sealed class InvokeBpfTraceCommandTests : CmdletFixture
{
    [Fact]
    public void PrintsAndMapsAreObjects()
    {
        object?[] all = [.. Run("Invoke-BpfTrace 'BEGIN { printf(\"n=%d\\n\", 5); @x[1] = 7; exit(); }'").Objects];

        BpfTracePrint print = Assert.IsAssignableFrom<BpfTracePrint>(all[0]);
        Assert.Equal(("n=5\n", "begin"), (print.Text, print.Probe));
        Assert.Equal(5L, Convert.ToInt64(print.Values[0], null));
        BpfTraceMapEntry entry = Assert.IsType<BpfTraceMapEntry>(all[1]);
        Assert.Equal(("@x", 1L, 7L), (entry.Map, Convert.ToInt64(entry.Key, null), Convert.ToInt64(entry.Value, null)));
    }

    [Fact]
    public void MapsAtTheEndStartOnALineOfTheirOwn() =>
        Assert.Equal(["total ", "@c[1]: 1"], Run("Invoke-BpfTrace 'BEGIN { printf(\"total \"); @c[1] = count(); exit(); }' -AsText").Objects);

    [Fact]
    public void TextIsInLines() => Assert.Equal(["one line", "7"], Run("Invoke-BpfTrace 'BEGIN { printf(\"one \"); printf(\"line\\n\"); printf(\"%d\", $1); exit(); }' 7 -AsText").Objects);

    [Fact]
    public void WhatIsWrongIsSaidWithItsPlace()
    {
        ErrorRecord error = Fail("Invoke-BpfTrace 'BEGIN { printf(\"%d\", nosuch); }'", "ScriptError", ErrorCategory.ParserError);

        Assert.StartsWith("stdin:1:", error.ErrorDetails!.Message, StringComparison.Ordinal);
        Assert.Contains("~~~", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void ADirectoryIsNoScript() =>
        Assert.Equal("'/proc' is a directory: name a file in it.", Fail("Invoke-BpfTrace -Path /proc", "PathIsDirectory", ErrorCategory.InvalidArgument).Exception.Message);

    [Fact]
    public void TestsAreObjectsAndThoseThatFailErrors()
    {
        HostResult result = Host.Run("Invoke-BpfTrace 'test:good { } test:bad { return 2; }' -Test");

        Assert.Equal([("good", true), ("bad", false)], result.Objects.Cast<BpfTraceTestResult>().Select(static r => (r.Name, r.Passed)));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("stdin:1:15-23: the test 'bad' failed: it returned 2", error.ErrorDetails!.Message);
    }

    [Fact]
    public void BenchmarksAreObjects() =>
        Assert.True(Run("Invoke-BpfTrace 'bench:count { @ = count(); }' -Benchmark").Objects is [BpfTraceBenchmark { Name: "count", Nanoseconds: > 0 }]);

    [Theory]
    [InlineData("-Test -Duration 1", "NothingToTrace")]
    [InlineData("-Bench -Command true", "NothingToTrace")]
    [InlineData("-Test -Benchmark", "TestAndBenchmark")]
    public void WhatTestsCanNotBeRunWithIsAnError(string parameters, string id) => Fail($"Invoke-BpfTrace 'test:a {{ }} bench:a {{ }}' {parameters}", id, ErrorCategory.InvalidArgument);

    [Fact]
    public void AStopEndsIt()
    {
        using var timer = new Timer(_ => Host.Stop(), null, 1000, 100);

        HostResult result = Host.Run("Invoke-BpfTrace 'tracepoint:sched:sched_switch { @n = count(); }' -Duration 60");

        Assert.Empty(result.Errors);
        Assert.Equal(ExitCodes.Interrupted, result.ExitCode);
    }
}
