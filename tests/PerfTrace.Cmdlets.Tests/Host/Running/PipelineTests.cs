using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Running;

public sealed class PipelineTests
{
    [Fact]
    public void AnObjectGoesDownBeforeItsWriterGoesOn()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = TestHost.Run("Invoke-Journal A -Produce 2 | Invoke-Journal B");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal([1, 2], result.Objects);
        Assert.Equal(
            [
                "A begin", "B begin", "A process",
                "A writes 1", "B process 1", "A writes 2", "B process 2",
                "A end", "B end", "B dispose", "A dispose",
            ],
            journal.Lines);
    }

    [Fact]
    public void ObjectsAreRenderedAsTheyCome()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostSession session = TestHost.NewSession();
        session.ObjectWritten = value => journal.Add($"out {value}");
        session.Run("Invoke-Journal A -Produce 2");
        Assert.Equal(["A begin", "A process", "A writes 1", "out 1", "A writes 2", "out 2", "A end", "A dispose"], journal.Lines);
    }

    [Fact]
    public void EnumerationIsTheWritersChoice()
    {
        Assert.Equal(["a", "b"], TestHost.Run("Write-Item a,b").Objects.Select(value => value?.ToString()));
        Assert.IsType<object[]>(Assert.Single(TestHost.Run("Write-Item a,b -AsArray").Objects));
    }

    [Theory]
    [InlineData("begin", "A begin|A dispose")]
    [InlineData("process", "A begin|A process|A dispose")]
    [InlineData("end", "A begin|A process|A end|A dispose")]
    [InlineData("dispose", "A begin|A process|A end|A dispose")]
    public void WhereverACmdletFailsItIsDisposedOf(string step, string expected)
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = TestHost.Run($"Invoke-Journal A -FailIn {step}");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"Invoke-Journal: A fails in {step}\n", result.StdErr);
        Assert.Equal(expected, string.Join('|', journal.Lines));
    }

    [Fact]
    public void AFailureFurtherDownEndsTheWholePipeline()
    {
        TraceJournal journal = TraceJournal.Begin();
        HostResult result = TestHost.Run("Invoke-Journal A -Produce 5 | Invoke-Journal B -FailIn process");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("Invoke-Journal: B fails in process 1\n", result.StdErr);
        Assert.Equal(["A begin", "B begin", "A process", "A writes 1", "B process 1", "B dispose", "A dispose"], journal.Lines);
    }

    [Fact]
    public void BadUsageOfALaterCmdletDisposesOfTheEarlier()
    {
        TraceJournal journal = TraceJournal.Begin();
        Assert.Equal(2, TestHost.Run("Invoke-Journal A | Invoke-Journal B -Nonsense").ExitCode);
        Assert.Equal([" dispose", "A dispose"], journal.Lines);
    }
}
