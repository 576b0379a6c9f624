using System.Diagnostics;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.BpfTrace.Probes;

/// <summary>The probes that there are.</summary>
[Trait("Machine", "Both")]
public sealed class BpfTraceProbesTests
{
    [Theory]
    [InlineData("tracepoint:sched:sched_switch")]
    [InlineData("t:sched:sched_switch")]
    [InlineData("tracepoint:sched_switch")]
    [InlineData("tracepoint:sch?d:sched_switc[h]")]
    public void ATracepointIsFoundByItsNameAndByPatterns(string pattern)
    {
        BpfTraceProbe probe = Assert.Single(List(pattern));

        Assert.Equal(("tracepoint:sched:sched_switch", "tracepoint", "sched", "sched_switch"), (probe.Name, probe.Kind, probe.Target, probe.Function));
        Assert.Equal("char prev_comm[16]", $"{probe.Arguments[0]}");
        Assert.Equal(("tracepoint:sched:sched_switch", "prev_pid", "pid_t"), (probe.Arguments[1].Probe, probe.Arguments[1].Name, probe.Arguments[1].Type));
    }

    [Theory]
    [InlineData("tracepoint:sched", "tracepoint:sched:sched_switch")]
    [InlineData("tracepoint:*_nanosleep", "tracepoint:syscalls:sys_enter_nanosleep")]
    [InlineData("*sys_enter_nanosl*", "tracepoint:syscalls:sys_enter_nanosleep")]
    [InlineData("sched_switch", "tracepoint:sched:sched_switch")]
    [InlineData("sched_switch", "rawtracepoint:sched_switch")]
    [InlineData("rt:sched_sw*", "rawtracepoint:sched_switch")]
    [InlineData("software", "software:cpu-clock")]
    [InlineData("*:page-faults", "software:page-faults")]
    [InlineData("iter:task*", "iter:task")]
    public void AListHas(string pattern, string expected) => Assert.Contains(expected, List(pattern).Select(static p => p.Name));

    [Fact]
    public void EachIsThereOnceAndCanBeFoundAgain()
    {
        var probes = new BpfTraceProbes();
        BpfTraceProbe[] all = [.. probes.List("*")];

        Assert.InRange(all.Length, 1000, 1_000_000);
        Assert.Equal(all.Length, all.Select(static p => p.Name).Distinct().Count());
        foreach (IGrouping<string, BpfTraceProbe> kind in all.GroupBy(static p => p.Kind))
            Assert.Equal(kind.Last().Name, Assert.Single(probes.List(kind.Last().Name)).Name);
    }

    [Fact]
    public void ArgumentsOfTypesHaveTheirNames()
    {
        Assert.Equal(["bool preempt", "struct task_struct *prev", "struct task_struct *next"], List("rawtracepoint:sched_switch").Single().Arguments.Take(3).Select(static a => $"{a}"));
        Assert.Contains("struct task_struct *task", List("iter:task").Single().Arguments.Select(static a => $"{a}"));
        Assert.Empty(List("software:cpu-clock").Single().Arguments);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void FunctionsOfTheKernelAreListedWithTheirTypes()
    {
        Assert.Equal("kprobe:vfs_read", Assert.Single(List("kprobe:vfs_read")).Name);
        Assert.Equal("kretprobe:vfs_read", Assert.Single(List("kr:vfs_rea[d]")).Name);
        BpfTraceProbe entry = Assert.Single(List("fentry:vfs_read")), exit = Assert.Single(List("kretfunc:vmlinux:vfs_read"));
        Assert.Equal("struct file *file", $"{entry.Arguments[0]}");
        Assert.Equal(entry.Arguments.Count + 1, exit.Arguments.Count);
        Assert.Equal("ssize_t retval", $"{exit.Arguments[^1]}");
    }

    [Fact]
    public void FunctionsOfAFileAreListed()
    {
        Assert.Contains("uprobe:/bin/bash:readline", List("uprobe:/bin/bash:readl*").Select(static p => p.Name));
        Assert.Equal("uretprobe:/bin/bash:readline", Assert.Single(List("uretprobe:/bin/bash:readline")).Name);
        // The program of a name, and that of a process.
        Assert.NotEmpty(List("uprobe:bash:readl*"));
        // A library is looked for as the loader does.
        Assert.Contains(List("uprobe:libc:mallo?"), static p => p.Function == "malloc");
        Assert.NotNull(new BpfTraceProbes(Environment.ProcessId).List("uprobe:*"));
    }

    [Fact]
    public void UsdtProbesOfAFileAreListedOnce()
    {
        string library = Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Select(static m => m.FileName).First(static f => f.Contains("/libc.so", StringComparison.Ordinal));
        string[] names = [.. List($"usdt:{library}").Select(static p => p.Name)];

        Assert.Equal(names.Distinct(), names);
        Assert.Equal(UsdtSources.OfFile(library).Select(p => $"usdt:{library}:{p.Probe}").Distinct(), names);
        foreach (UsdtProbe probe in UsdtSources.OfFile(library).Where(static p => p.Arguments.Count > 0).Take(1))
        {
            BpfTraceProbe found = Assert.Single(List($"usdt:{library}:{probe.Probe}"));
            Assert.Equal(probe.Arguments.Count, found.Arguments.Count);
            Assert.Equal("arg0", found.Arguments[0].Name);
            Assert.Contains(found.Name, new BpfTraceProbes(Environment.ProcessId).List("usdt:*").Select(static p => p.Name));
        }
    }

    [Theory]
    [InlineData("tracepoint:sched:sched_swich", "tracepoint:sched:sched_switch")]
    [InlineData("sched_swich", "sched_switch")]
    [InlineData("tracepiont:sched:*", "tracepoint")]
    [InlineData("interval:s:1", "interval:s:COUNT")]
    [InlineData("uprobe", "uprobe:/bin/bash:*")]
    [InlineData("uprobe:/bin/bash:readlin", "uprobe:/bin/bash:readline")]
    [InlineData("software:page-fault", "software:page-faults")]
    public void WhatIsNotThereIsToldWithTheNearest(string pattern, string near) =>
        Assert.Contains(near, Assert.Throws<ProbeNotFoundException>(() => List(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsNoneIsToldAsSuch()
    {
        Assert.ThrowsAny<KernelException>(() => List("uprobe:/no/such/file:*"));
        Assert.Throws<ElfException>(() => List("uprobe:/etc/passwd:*"));
        Assert.Throws<FileNotFoundException>(() => List("uprobe:no-such-program:*"));
        Assert.Throws<ElfException>(() => List("usdt:/etc/passwd:*"));
    }

    [Fact]
    public void APatternOfNothingIsNoError() => Assert.Empty(List("tracepoint:no_such_thing*"));

    // bpftrace lists tracepoints from available_events, and we from the folders of tracefs.
    [Fact]
    public void TracepointsAreThoseOfTheKernelsOwnList()
    {
        // Others make and remove probes meanwhile: what was there all the time must be listed, and nothing that was there at neither time.
        string[] before = Available();
        string[] listed = [.. List("tracepoint").Select(static p => p.Name)];
        string[] after = Available();

        Assert.NotEmpty(listed);
        Assert.Empty(before.Intersect(after).Except(listed));
        Assert.DoesNotContain(listed.Except(before).Except(after), static n => !n.Contains("perftrace", StringComparison.Ordinal));

        static string[] Available() => [.. File.ReadLines(Path.Combine(TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default).Path, "available_events"))
            .Where(static l => !l.StartsWith("ftrace:", StringComparison.Ordinal)).Select(static l => $"tracepoint:{l}")];
    }

    private static BpfTraceProbe[] List(string pattern) => [.. new BpfTraceProbes().List(pattern)];
}
