using PerfTrace.Events;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Reading;

[Trait("Machine", "Guest")]
public sealed class FunctionTraceTests
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    [Fact]
    public void Entries_of_a_function_with_their_callers_and_stacks()
    {
        List<TraceRecord> records = Trace(new FunctionTraceOptions(["vfs_rea?", "vfs_open"]) { Exclude = ["vfs_open"], StackTrace = true });
        FunctionEntry[] entries = [.. records.Cast<FunctionEntry>()];
        Assert.NotEmpty(entries);
        Assert.All(entries, static e => Assert.Equal("vfs_read", e.Function));
        Assert.Contains(entries, static e => e.Caller == "ksys_read");
        Assert.Equal(KernelFunctions.List(SystemPaths.Default).First(static f => f.Name == "vfs_read").Address, entries[0].Address);
        Assert.All(entries, static e => Assert.NotNull(e.CallStack));
        FunctionEntry own = entries.First(static e => e.ProcessId == Environment.ProcessId);
        Assert.Contains("vfs_read <-", own.Message);
        Assert.Contains(own.CallStack!.Kernel, static f => f.StartsWith("do_syscall_64+", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_with_their_durations_and_depths()
    {
        List<TraceRecord> records = Trace(new FunctionTraceOptions(["vfs_read", "rw_verify_area"]) { Graph = true, Processes = [Environment.ProcessId] });
        FunctionGraphEntry[] calls = [.. records.Cast<FunctionGraphEntry>().Where(static c => c.Duration is not null)];
        FunctionGraphEntry outer = calls.First(static c => c.Function == "vfs_read" && c.Depth == 0 && c.IsLeaf == false);
        FunctionGraphEntry inner = calls.First(c => c.Function == "rw_verify_area" && c.Depth == 1 && c.ThreadId == outer.ThreadId && c.Timestamp >= outer.Timestamp);
        Assert.True(inner.DurationNanoseconds < outer.DurationNanoseconds && inner.TimestampNanoseconds + inner.DurationNanoseconds <= outer.TimestampNanoseconds + outer.DurationNanoseconds);
        Assert.False(outer.IsLeaf);
        Assert.Contains(calls, static c => c is { Function: "rw_verify_area", IsLeaf: true });
        Assert.All(calls, static c => Assert.Equal(Environment.ProcessId, c.ProcessId));
    }

    [Fact]
    public void A_depth_holds_for_the_trace_and_no_longer()
    {
        string before = Top.ReadText("max_graph_depth");
        List<TraceRecord> records = Trace(new FunctionTraceOptions(["vfs_read", "rw_verify_area"]) { Graph = true, MaxDepth = 1, Processes = [Environment.ProcessId] });
        Assert.NotEmpty(records);
        Assert.All(records, static r => Assert.Equal(0, ((FunctionGraphEntry)r).Depth));
        Assert.Equal(before, Top.ReadText("max_graph_depth"));
    }

    [Fact]
    public void All_is_as_before_at_the_end()
    {
        string[] State() => [Top.ReadText("current_tracer"), Top.ReadText("set_ftrace_filter"), Top.ReadText("set_ftrace_notrace"), Top.ReadText("set_ftrace_pid"),
            Top.ReadText("options/func_stack_trace"), Top.ReadText("options/function-fork"), string.Join(' ', TracingDirectory.InstanceNames(SystemPaths.Default))];
        Top.WriteText("set_ftrace_filter", "vfs_write");
        string[] before = State();
        foreach (TracingDirectory? directory in (TracingDirectory?[])[null, Top])
        {
            using (FunctionTrace.Start(SystemPaths.Default, directory, new FunctionTraceOptions(["vfs_read"]) { StackTrace = true, Exclude = ["vfs_open"], Processes = [Environment.ProcessId] }))
                Assert.NotEqual(before, State());
            Assert.Equal(before, State());
        }
        // The end of the session does it too.
        FunctionTrace left = FunctionTrace.Start(SystemPaths.Default, null, new FunctionTraceOptions(["vfs_read"]));
        Assert.Empty(TraceSession.Current.ReleaseAll());
        Assert.Equal(before, State());
        left.Dispose();
        Top.WriteText("set_ftrace_filter", "");
    }

    [Fact]
    public void Wrong_input_changes_nothing()
    {
        FunctionTrace Start(FunctionTraceOptions options, TracingDirectory? directory = null) => FunctionTrace.Start(SystemPaths.Default, directory, options);
        Assert.Contains("vfs_read", Assert.Throws<KernelFunctionNotFoundException>(() => Start(new FunctionTraceOptions(["vfs_raed"]))).Suggestions);
        Assert.Throws<KernelFunctionNotFoundException>(() => Start(new FunctionTraceOptions(["nothing_like_*"])));
        Assert.Throws<KernelFunctionNotFoundException>(() => Start(new FunctionTraceOptions(["vfs_read"]) { Module = "overlay" }));
        Assert.Throws<TraceNameException>(() => Start(new FunctionTraceOptions(["vfs_read:traceoff"])));
        Assert.Throws<TraceNameException>(() => Start(new FunctionTraceOptions(["vfs_read\nvfs_write"])));
        Assert.Throws<KernelTargetGoneException>(() => Start(new FunctionTraceOptions(["vfs_read"]) { Processes = [int.MaxValue] }));
        Assert.Empty(TracingDirectory.InstanceNames(SystemPaths.Default));

        using var instance = new ScratchInstance();
        using (Start(new FunctionTraceOptions(["vfs_read"]), instance.Directory))
            Assert.Equal(Errno.EBUSY, Assert.Throws<KernelResourceException>(() => Start(new FunctionTraceOptions(["vfs_open"]), instance.Directory)).Errno);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Where_functions_can_not_be_traced_the_error_says_so()
    {
        Assert.SkipWhen(CanTrace(), "functions can be traced here");
        KernelException e = Assert.ThrowsAny<KernelException>(() => FunctionTrace.Start(SystemPaths.Default, null, new FunctionTraceOptions(["vfs_read"])));
        Assert.True(e is KernelAccessException or KernelFeatureException, e.GetType().Name);
        Assert.Matches("policy|CONFIG_FUNCTION_TRACER|lock", e.Advice!);
        Assert.DoesNotContain(TracingDirectory.InstanceNames(SystemPaths.Default), static n => n.Contains("_function", StringComparison.Ordinal));
    }

    private static bool CanTrace()
    {
        try
        {
            using (Top.OpenRead("available_filter_functions"))
                return Tracer.List(Top).Any(static t => t.Name == "function");
        }
        catch (KernelException)
        {
            return false;
        }
    }

    private static List<TraceRecord> Trace(FunctionTraceOptions options)
    {
        using FunctionTrace trace = FunctionTrace.Start(SystemPaths.Default, null, options);
        for (int i = 0; i < 10; i++)
        {
            File.ReadAllBytes("/proc/self/stat"); // pread(2)
            Top.ReadText("tracing_on"); // read(2)
        }
        trace.Directory.WriteText("tracing_on", "0");
        (List<TraceRecord> records, TracePipeSummary summary) = TraceReading.Drain(trace.Directory,
            new TracePipeOptions { IsWanted = static f => f.System == "ftrace" && f.Name.StartsWith("func", StringComparison.Ordinal) });
        Assert.Equal(0, summary.Undecodable);
        return records;
    }
}
