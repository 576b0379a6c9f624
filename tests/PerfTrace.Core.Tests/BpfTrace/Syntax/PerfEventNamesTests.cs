using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace.Syntax;

public sealed class PerfEventNamesTests
{
    [Theory]
    [InlineData("software", "cs", 1000)]
    [InlineData("software", "context-switches", 1000)]
    [InlineData("software", "cpu-clock", 1_000_000)]
    [InlineData("software", "task-clock", 1)]
    [InlineData("software", "faults", 100)]
    [InlineData("software", "minor-faults", 100)]
    [InlineData("software", "major-faults", 1)]
    [InlineData("hardware", "cycles", 1_000_000)]
    [InlineData("hardware", "branches", 100_000)]
    [InlineData("hardware", "branch-misses", 100_000)]
    [InlineData("hardware", "bus-cycles", 100_000)]
    [InlineData("hardware", "cache-misses", 1_000_000)]
    public void EventsAreTakenAsOftenAsBpftraceTakesThem(string kind, string name, int count) =>
        Assert.Equal((ulong)count, PerfEventNames.UsualCount(ProbeProviders.Find(kind), name));
}
