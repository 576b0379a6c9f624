using PerfTrace.Access;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Access;

[Trait("Machine", "Both")]
public class AccessFeaturesTests
{
    private static PerfTraceAccess One(string name) => Assert.Single(AccessFeatures.Try((n, _) => n == name));

    [Fact]
    public void Each_feature_says_what_it_is_and_why_it_does_not_work()
    {
        PerfTraceAccess[] all = [.. AccessFeatures.Try(static (_, _) => true)];

        Assert.Equal(AccessFeatures.Names, all.Select(a => a.Feature));
        Assert.Distinct(all.Select(a => a.Feature));
        Assert.Equal(Enum.GetValues<AccessFamily>(), all.Select(a => a.Family).Distinct());
        Assert.All(all, a =>
        {
            Assert.NotEmpty(a.Description);
            Assert.NotEmpty(a.Cmdlets);
            Assert.Equal(a.IsAvailable, a.Reason is null);
            Assert.True(a.IsAvailable || a.Remedy is not null, $"{a.Feature}: {a.Reason}");
            Assert.True(!a.IsAvailable || a.Remedy is null);
        });
    }

    [Fact]
    public void Only_what_is_wanted_is_tried() =>
        Assert.Equal(["Breakpoints", "HistogramTriggers"], AccessFeatures.Try(static (n, _) => n is "HistogramTriggers" or "Breakpoints").Select(a => a.Feature));

    [Fact]
    public void What_a_privileged_user_may_count_is_available()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "This test needs root.");

        Assert.All((string[])["OwnProcesses", "OwnProcessesKernel", "OtherProcesses", "SystemWide", "Tracepoints", "TracepointEvents", "TraceInstances", "BpfMaps", "BpfRawTracepoint", "BpfListing", "Btf"],
            name => Assert.Null(One(name).Reason));
    }

    [Fact]
    public void What_the_kernel_lacks_is_told_with_its_option()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "This test needs root.");
        string tracing = TraceFileSystem.Find(SystemPaths.Default)!;
        foreach ((string feature, string file) in ((string, string)[])[("KProbes", "kprobe_events"), ("SyntheticEvents", "synthetic_events"), ("Snapshots", "snapshot"), ("HistogramTriggers", "events/sched/sched_switch/hist")])
        {
            PerfTraceAccess access = One(feature);
            Assert.Equal(File.Exists(Path.Combine(tracing, file)), access.IsAvailable);
            if (!access.IsAvailable)
                Assert.Contains("CONFIG_", access.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "This test needs root.");
        _ = AccessFeatures.Try(static (_, _) => true).Count();
        string instances = Path.Combine(TraceFileSystem.Find(SystemPaths.Default)!, "instances");
        int before = Descriptors.Count();

        _ = AccessFeatures.Try(static (_, _) => true).Count();

        Assert.Equal(before, Descriptors.Count());
        Assert.DoesNotContain(Directory.GetDirectories(instances), d => d.EndsWith("_access", StringComparison.Ordinal));
        Assert.All(BpfFileSystem.MountPoints(SystemPaths.Default), m => Assert.DoesNotContain(Directory.GetFileSystemEntries(m), e => e.EndsWith("_access", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_wrong_name_gets_the_nearest() =>
        Assert.Contains("Did you mean SystemWide?", new AccessFeatureNotFoundException("SystemWid").Message, StringComparison.Ordinal);
}
