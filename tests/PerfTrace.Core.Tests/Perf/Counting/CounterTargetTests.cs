using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Counting;

public sealed class CounterTargetTests
{
    [Fact]
    public void A_target_says_what_it_is_in_one_line()
    {
        Assert.Equal("command sh", new CounterTarget.Command("sh", [], "/").ToString());
        Assert.Equal(@"command sh -c 'echo '\''a'\'' echo b' ''", new CounterTarget.Command("sh", ["-c", "echo 'a'\necho b", ""], "/").ToString());
        Assert.Equal("process 4711", new CounterTarget.Processes([4711]).ToString());
        Assert.Equal("processes 1, 2", new CounterTarget.Processes([1, 2]).ToString());
        Assert.Equal("threads 3, 4", new CounterTarget.Threads([3, 4]).ToString());
        Assert.Equal("the calling thread", new CounterTarget.CallingThread().ToString());
        Assert.Equal("CPU 2", new CounterTarget.Cpus(new CpuSet([2])).ToString());
        Assert.Equal("CPUs 0-2,5", new CounterTarget.Cpus(new CpuSet([0, 1, 2, 5])).ToString());
        Assert.Equal("control groups a.slice, b.slice on CPUs 0-1", new CounterTarget.CGroups(["a.slice", "b.slice"], new CpuSet([0, 1])).ToString());
    }
}
