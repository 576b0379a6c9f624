using System.Globalization;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Counting;

/// <summary>What a user without privileges may count, and what is said about the rest: kernel.perf_event_paranoid.</summary>
public sealed class PrivilegeTests : IDisposable
{
    private const string Paranoid = "/proc/sys/kernel/perf_event_paranoid";

    private readonly string _before = File.ReadAllText(Paranoid);

    public void Dispose() => File.WriteAllText(Paranoid, _before);

    [Fact]
    public void AtLevel2UserSpaceAloneIsCountedAndThatIsSaid()
    {
        Set(2);

        string[] said = Helper.RunAsNobody("count-command", "page-faults,minor-faults:u,page-faults:k", "true");

        Assert.Contains("counter: page-faults:u Counted", said);
        Assert.Contains("counter: minor-faults:u Counted", said);
        Assert.Contains(said, static s => s.StartsWith("warning: ", StringComparison.Ordinal) && s.Contains("user space only", StringComparison.Ordinal)
            && s.Contains("page-faults", StringComparison.Ordinal) && s.Contains("kernel.perf_event_paranoid is 2", StringComparison.Ordinal));
        // The kernel alone can not be turned into user space.
        Assert.Contains(said, static s => s.StartsWith("problem: AccessDenied KernelAccessException perf_event_open page-faults:k", StringComparison.Ordinal)
            && s.Contains("kernel.perf_event_paranoid", StringComparison.Ordinal));
        Assert.Contains("left open: 0", said);
    }

    [Fact]
    public void AtLevel1TheKernelIsCountedToo()
    {
        Set(1);

        string[] said = Helper.RunAsNobody("count-command", "page-faults,page-faults:k", "true");

        Assert.Equal(["counter: page-faults Counted", "counter: page-faults:k Counted", "left open: 0"], said);
    }

    [Fact]
    public void CpusNeedLevel0()
    {
        Set(1);
        string[] refused = Helper.RunAsNobody("count-cpus", "cpu-clock");
        Set(0);
        string[] allowed = Helper.RunAsNobody("count-cpus", "cpu-clock");

        Assert.Contains(refused, static s => s.StartsWith("problem: AccessDenied KernelAccessException", StringComparison.Ordinal)
            && s.Contains("kernel.perf_event_paranoid is 1", StringComparison.Ordinal) && s.Contains("set it to 0", StringComparison.Ordinal));
        Assert.DoesNotContain(refused, static s => s.StartsWith("counter:", StringComparison.Ordinal) && s.EndsWith(" Counted", StringComparison.Ordinal));
        Assert.Contains("left open: 0", refused);
        Assert.Equal(["counter: cpu-clock Counted", "left open: 0"], allowed);
    }

    [Fact]
    public void AnotherUsersProcessIsRefused()
    {
        Set(1);

        string[] said = Helper.RunAsNobody("count-process", "page-faults:u", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

        Assert.Contains(said, static s => s.StartsWith("problem: AccessDenied KernelAccessException", StringComparison.Ordinal));
        Assert.Contains("left open: 0", said);
    }

    [Fact]
    public void TracepointsNeedTracefs()
    {
        string[] said = Helper.RunAsNobody("count-command", "sched:sched_switch", "true");

        Assert.Contains(said, static s => s.StartsWith("error: KernelAccessException EACCES", StringComparison.Ordinal)
            && s.Contains("Run as root", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutDescriptorsLeftItIsSaidAndNothingLeaks()
    {
        using var tree = new TemporaryTree();
        string many = string.Join(',', Enumerable.Repeat("page-faults", 400));

        string[] command = Helper.RunWithDescriptors(256, "count-command", many, "touch", tree["made"]);
        string[] cpus = Helper.RunWithDescriptors(256, "count-cpus", many);

        foreach (string[] said in (string[][])[command, cpus])
        {
            Assert.StartsWith("error: KernelResourceException EMFILE perf_event_open page-faults:", said[0], StringComparison.Ordinal);
            Assert.Contains("ulimit -n", said[0], StringComparison.Ordinal);
            Assert.Equal("left open: 0", said[1]);
        }
        Assert.False(File.Exists(tree["made"]), "The command ran although it could not be counted.");
    }

    private static void Set(int level) => File.WriteAllText(Paranoid, level.ToString(CultureInfo.InvariantCulture));
}
