using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Counting;

public sealed class PerfAdviceTests
{
    [Theory]
    [InlineData("uprobe /bin/bash:readline", true)]
    [InlineData("uretprobe /bin/bash:readline", true)]
    [InlineData("usdt /bin/bash:a:b", true)]
    [InlineData("sched:sched_switch", false)]
    public void ProbesOfProgramsTakeMoreThanTheCapabilityForEvents(string name, bool takesMore)
    {
        using var tree = new TemporaryTree();
        // CAP_PERFMON and CAP_BPF (include/uapi/linux/capability.h).
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(tree["proc/self"]).FullName, "status"), "CapEff:\t000000c000000000\n");

        string? advice = PerfAdvice.ToException(Errno.EACCES, name, new SystemPaths(Proc: tree["proc"]), isSystemWide: true, countsKernel: true, PerfEventKind.Tracepoint).Advice;

        Assert.Equal(takesMore, advice!.Contains("CAP_SYS_ADMIN", StringComparison.Ordinal));
        Assert.Equal(!takesMore, advice.Contains("has the capability", StringComparison.Ordinal));
    }
}
