using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public class KernelFactsTests
{
    [Theory]
    [InlineData("-1\n", -1)]
    [InlineData("4\n", 4)]
    [InlineData("x\n", null)]
    public void SysctlsAreNumbers(string text, int? value)
    {
        using TemporaryTree tree = new TemporaryTree().With("sys/kernel/perf_event_paranoid", text).With("sys/kernel/kptr_restrict", text);
        var paths = new SystemPaths(Proc: tree.Root);

        Assert.Equal((value, value), (Sysctl.PerfEventParanoid(paths), Sysctl.KernelPointerRestriction(paths)));
        Assert.Null(Sysctl.PerfEventParanoid(new SystemPaths(Proc: "/no/such/proc")));
    }

    [Theory]
    [InlineData("0000000000200000", Capability.SysAdmin, true)]
    [InlineData("0000000000200000", Capability.PerfMon, false)]
    [InlineData("000001ffffffffff", Capability.PerfMon, true)]
    [InlineData("0000008000000000", Capability.Bpf, true)]
    [InlineData("0000000400000000", Capability.Syslog, true)]
    [InlineData("0000000000000000", Capability.SysPtrace, false)]
    public void CapabilitiesAreBitsOfTheEffectiveSet(string set, Capability capability, bool expected)
    {
        using TemporaryTree tree = new TemporaryTree().With("self/status", $"Name:\tx\nCapInh:\tffffffffffffffff\nCapEff:\t{set}\nCapBnd:\tffffffffffffffff\n");

        Assert.Equal(expected, ProcessFacts.HasCapability(new SystemPaths(Proc: tree.Root), capability));
    }

    [Fact]
    public void ProcessesAndThreadsAreFound()
    {
        int self = Environment.ProcessId;
        IReadOnlyList<int> threads = ProcessFacts.ThreadsOf(SystemPaths.Default, self);

        Assert.Contains(self, threads);
        Assert.Equal(threads.Order(), threads);
        Assert.Equal(self, ProcessFacts.ProcessOf(SystemPaths.Default, threads[^1]));
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd(), ProcessFacts.CommandNameOf(SystemPaths.Default, self));
        Assert.Empty(ProcessFacts.ThreadsOf(SystemPaths.Default, 0x3ffffff));
        Assert.Null(ProcessFacts.ProcessOf(SystemPaths.Default, 0x3ffffff));
        Assert.Null(ProcessFacts.CommandNameOf(SystemPaths.Default, 0x3ffffff));
    }

    [Fact]
    public void AControlGroupIsFoundUnderTheHierarchyAndNeverAboveIt()
    {
        using var tree = new TemporaryTree();
        Directory.CreateDirectory(tree["cgroup/system.slice/ssh.service"]);
        Directory.CreateDirectory(tree["secret"]);
        Directory.CreateDirectory(tree["cgroup-other"]);
        tree.With("self/mountinfo", $"1 1 0:1 / {tree["cgroup"]} rw - cgroup2 none rw\n");
        var paths = new SystemPaths(Proc: tree.Root);

        Assert.Equal(tree["cgroup"], ControlGroup.FindHierarchy(paths));
        Assert.Equal(tree["cgroup"], ControlGroup.FindDirectory(paths, "/"));
        foreach (string name in (string[])["system.slice/ssh.service", "/system.slice/ssh.service", "system.slice/../system.slice/ssh.service/", tree["cgroup/system.slice/ssh.service"]])
            Assert.Equal(tree["cgroup/system.slice/ssh.service"], ControlGroup.FindDirectory(paths, name)?.TrimEnd('/'));
        foreach (string name in (string[])["no.slice", "../secret", "/../secret", "system.slice/../../secret", "../cgroup-other", "..", "a\0b", tree["cgroup"] + "/../secret"])
            Assert.Null(ControlGroup.FindDirectory(paths, name));
    }

    [Fact]
    public void TheHierarchyOfThePerfControllerWins()
    {
        using TemporaryTree tree = new TemporaryTree().With("self/mountinfo", """
            1 1 0:1 / /sys/fs/cgroup/unified rw - cgroup2 none rw
            2 1 0:2 / /sys/fs/cgroup/cpu rw - cgroup none rw,cpu,cpuacct
            3 1 0:3 / /sys/fs/cgroup/perf_event rw - cgroup none rw,perf_event
            """);
        using TemporaryTree none = new TemporaryTree().With("self/mountinfo", "2 1 0:2 / /x rw - cgroup none rw,cpu\n");

        Assert.Equal("/sys/fs/cgroup/perf_event", ControlGroup.FindHierarchy(new SystemPaths(Proc: tree.Root)));
        Assert.Null(ControlGroup.FindHierarchy(new SystemPaths(Proc: none.Root)));
        Assert.Throws<ControlGroupException>(() => ControlGroup.FindDirectory(new SystemPaths(Proc: none.Root), "/"));
    }

    [Fact]
    public void ACommandIsFoundAsAShellFindsIt()
    {
        using var tree = new TemporaryTree().With("plain/tool", "not executable").With("dir/tool/x", "");
        string first = tree.Executable("first/tool", "#!/bin/sh\n");
        tree.Executable("second/tool", "#!/bin/sh\n");
        string? before = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", $"{tree["none"]}:{tree["dir"]}:{tree["plain"]}:{tree["first"]}:{tree["second"]}");
            Assert.Equal(first, CommandPath.Find("tool", "/"));
            Assert.Equal(first, CommandPath.Find("./first/tool", tree.Root));
            Assert.Equal(first, CommandPath.Find(first, "/"));
            AssertStatus(127, "missing");
            AssertStatus(127, "");
            AssertStatus(127, "a\0b");
            AssertStatus(127, tree["first/tool/x"]);
            AssertStatus(127, "/" + new string('x', 5000));
            AssertStatus(126, tree["plain/tool"]);
            AssertStatus(126, tree["dir"]);

            Environment.SetEnvironmentVariable("PATH", tree["plain"]);
            AssertStatus(126, "tool");
            // An empty part of PATH is the working directory.
            Environment.SetEnvironmentVariable("PATH", ":/nowhere");
            Assert.Equal(first, CommandPath.Find("tool", tree["first"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }

        static void AssertStatus(int status, string name)
        {
            var e = Assert.Throws<CommandException>(() => CommandPath.Find(name, "/"));
            Assert.Equal((status, name), (e.ExitStatus, e.Command));
        }
    }
}
