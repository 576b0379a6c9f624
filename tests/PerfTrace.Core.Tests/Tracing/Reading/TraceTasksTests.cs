using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Reading;

public sealed class TraceTasksTests
{
    [Theory]
    [InlineData("0", 100, -1)] // noted once, for threads that had these numbers then
    [InlineData("1", 77, 78)]
    public void Processes_that_the_kernel_noted_hold_as_long_as_it_notes_them(string option, int living, int ended)
    {
        using TemporaryTree tree = new TemporaryTree().With("tracing/README", "").With("tracing/options/record-tgid", option + "\n")
            .With("tracing/saved_cmdlines", "101 one\n102 two\n").With("tracing/saved_tgids", "101 77\n102 78\n").With("proc/101/status", "Name:\tone\nTgid:\t100\n");
        var tasks = new TraceTasks(TracingDirectory.Open(new SystemPaths(Proc: tree["proc"], Tracing: tree["tracing"])));
        tasks.Refresh();
        Assert.Equal((living, ended, 0), (tasks.ProcessOf(101), tasks.ProcessOf(102), tasks.ProcessOf(0)));
        Assert.Equal(("one", "two"), (tasks.NameOf(101, 0), tasks.NameOf(102, 0)));
    }
}
