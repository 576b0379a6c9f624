using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>Watch-FunctionTrace at work. Each run must leave tracefs as it was.</summary>
[Collection(CmdletCollection.Name)]
[Trait("Machine", "Guest")]
public sealed class WatchFunctionTraceCommandTests : TraceFixture
{
    [Fact]
    public void Entries_with_their_callers()
    {
        using var work = new Reading();
        FunctionEntry[] entries = [.. Watch("vfs_read -MaxEvents 5").Objects.Cast<FunctionEntry>()];
        Assert.Equal(5, entries.Length);
        Assert.All(entries, static e => Assert.Equal("vfs_read", e.Function));
        Assert.All(entries, static e => Assert.NotNull(e.Caller));
        Assert.All(entries, static e => Assert.Null(e.CallStack));
        Assert.All(entries, static e => Assert.Null(e.Arguments));
    }

    [Fact]
    public void Entries_with_their_stacks()
    {
        using var work = new Reading();
        FunctionEntry[] entries = [.. Watch("vfs_read -StackTrace -MaxEvents 20").Objects.Cast<FunctionEntry>()];
        Assert.Equal(20, entries.Length);
        Assert.All(entries, static e => Assert.Contains(e.CallStack!.Kernel, static f => f.StartsWith("do_syscall_64+", StringComparison.Ordinal)));
    }

    [Fact]
    public void Calls_with_their_durations_of_this_process_alone()
    {
        using var work = new Reading();
        FunctionGraphEntry[] calls = [.. Watch($"vfs_read,rw_verify_area -Graph -ProcessId {Environment.ProcessId} -MaxEvents 20").Objects.Cast<FunctionGraphEntry>()];
        Assert.All(calls, static c => Assert.Equal(Environment.ProcessId, c.ProcessId));
        Assert.Contains(calls, static c => c is { Function: "rw_verify_area", Depth: 1, IsLeaf: true, Duration: not null });
        Assert.Contains(calls, static c => c is { Function: "vfs_read", Depth: 0, IsLeaf: false });

        calls = [.. Watch($"vfs_read,rw_verify_area -Graph -MaxDepth 1 -ProcessId {Environment.ProcessId} -MaxEvents 10").Objects.Cast<FunctionGraphEntry>()];
        Assert.All(calls, static c => Assert.Equal(("vfs_read", 0), (c.Function, c.Depth)));
    }

    [Fact]
    public void Another_process_and_not_this_one()
    {
        using var work = new Reading();
        using var child = Process.Start("dd", ["if=/dev/zero", "of=/dev/null", "bs=1", "status=none"]);
        try
        {
            FunctionEntry[] entries = [.. Watch($"vfs_read -ProcessId {child.Id} -MaxEvents 10").Objects.Cast<FunctionEntry>()];
            Assert.Equal(10, entries.Length);
            Assert.All(entries, e => Assert.Equal((child.Id, "dd"), (e.ProcessId!.Value, e.CommandName)));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }

    [Fact]
    public void A_stop_ends_the_tracer()
    {
        using var work = new Reading();
        Host.ObjectWritten = _ => Host.Stop();
        string before = State();

        HostResult result = Host.Run("Watch-FunctionTrace vfs_read");

        Assert.Equal(130, result.ExitCode);
        Assert.Equal(before, State());
        Host.ObjectWritten = null;
        Assert.Empty(Watch("vfs_mkdir -Duration 0.1").Objects);
    }

    [Fact]
    public void What_can_not_be_traced_is_told_and_changes_nothing()
    {
        string before = State();
        ErrorRecord error = Fail("Watch-FunctionTrace vfs_raed", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("vfs_read", Assert.IsType<KernelFunctionNotFoundException>(error.Exception).Suggestions);
        Fail("Watch-FunctionTrace 'vfs_read:traceoff'", "InvalidName", ErrorCategory.InvalidArgument);
        Fail("Watch-FunctionTrace vfs_read -Module overlay", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Watch-FunctionTrace vfs_read -ProcessId {int.MaxValue}", "TargetGone", ErrorCategory.ObjectNotFound);
        Assert.Equal(before, State());
    }

    [Fact]
    public void Arguments_are_recorded_or_the_kernel_can_not()
    {
        using var work = new Reading();
        foreach ((string option, string file) in (ReadOnlySpan<(string, string)>)[("", "func-args"), ("-Graph", "funcgraph-args")])
        {
            if (File.Exists(Path.Combine(Top, "options", file)))
            {
                HostResult result = Watch($"vfs_read {option} -Argument -MaxEvents 5");
                // struct file *, char __user *, size_t, loff_t *.
                Assert.All(result.Objects, static o => Assert.InRange(((o as FunctionEntry)?.Arguments ?? ((FunctionGraphEntry)o!).Arguments)![2], 1UL, 1UL << 40));
                continue;
            }
            ErrorRecord error = Fail($"Watch-FunctionTrace vfs_read {option} -Argument", "NotSupported", ErrorCategory.NotImplemented);
            Assert.Contains("6.15", error.ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
        }
    }

    private HostResult Watch(string arguments)
    {
        string before = State();
        HostResult result = Run($"Watch-FunctionTrace {arguments}");
        Assert.Equal(before, State());
        return result;
    }

    private static string State() => string.Join('\n',
    [
        .. new[] { "current_tracer", "set_ftrace_filter", "set_ftrace_notrace", "set_ftrace_pid", "max_graph_depth", "options/function-fork", "options/func_stack_trace" }
            .Select(static file => $"{file}: {File.ReadAllText(Path.Combine(Top, file))}"),
        .. TracingDirectory.InstanceNames(SystemPaths.Default),
    ]);

    /// <summary>A thread that reads until it is disposed of.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isOver;

        public Reading()
        {
            _thread = new Thread(() =>
            {
                while (!_isOver)
                {
                    File.ReadAllBytes("/proc/self/stat");
                    Thread.Sleep(5);
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }
}
