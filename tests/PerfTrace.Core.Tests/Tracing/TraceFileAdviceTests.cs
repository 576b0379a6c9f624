using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class TraceFileAdviceTests
{
    [Theory]
    [InlineData(Errno.EROFS, "trace_clock", "mounted read-only")]
    [InlineData(Errno.EPERM, "trace_clock", "policy denies it")]
    [InlineData(Errno.EPERM, "current_tracer", "denies function tracing")]
    [InlineData(Errno.EPERM, "available_filter_functions", "denies function tracing")]
    [InlineData(Errno.EPERM, "available_filter_functions_addrs", "denies function tracing")]
    [InlineData(Errno.EPERM, "set_ftrace_pid", "watch tracepoints and probes instead")]
    [InlineData(Errno.EACCES, "trace", "security module")]
    [InlineData(Errno.EBUSY, "trace_pipe", "Another reader")]
    [InlineData(Errno.EBUSY, "snapshot", "tracer uses the snapshot buffer")]
    [InlineData(Errno.EBUSY, "dynamic_events", "The event is in use")]
    [InlineData(Errno.ENOENT, "stack_trace", "no such file")]
    [InlineData(Errno.ENODEV, "snapshot", "without it")]
    public void Each_refusal_has_its_remedy(Errno errno, string file, string text)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "What root is told.");
        TracingDirectory top = TracingDirectory.Open(SystemPaths.Default);

        Assert.Contains(text, TraceFileAdvice.For(top, errno, file), StringComparison.Ordinal);
    }

    [Fact]
    public void Lockdown_is_recognised()
    {
        using TemporaryTree tree = new TemporaryTree().With("tracing/events/enable", "").With("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
        TracingDirectory top = TracingDirectory.Open(new SystemPaths(Sys: tree["sys"], Tracing: tree["tracing"]));

        Assert.Contains("locked down", TraceFileAdvice.For(top, Errno.EPERM, "trace"), StringComparison.Ordinal);
        // That of everything, not of function tracing alone.
        Assert.Contains("locked down", TraceFileAdvice.For(top, Errno.EPERM, "current_tracer"), StringComparison.Ordinal);
        Assert.IsType<KernelAccessException>(top.Explain(Errno.EPERM, "open", "current_tracer"));
    }

    [Fact]
    public void A_kernel_that_was_locked_down_at_its_boot_has_no_files()
    {
        using TemporaryTree tree = new TemporaryTree().With("tracing/per_cpu", "").With("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
        var paths = new SystemPaths(Sys: tree["sys"], Tracing: tree["tracing"]);

        Assert.Contains("locked down", Assert.Throws<KernelAccessException>(() => TracingDirectory.Open(paths)).Advice, StringComparison.Ordinal);
        Assert.Contains("locked down", Assert.Throws<KernelAccessException>(() => TraceFileSystem.Require(paths)).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_tracing_that_policy_denies_is_an_access_error()
    {
        using var scratch = new ScratchInstance();
        Exception? error = Record.Exception(() => scratch.Directory.WriteText("current_tracer", "function"));
        if (error is null)
            scratch.Directory.WriteText("current_tracer", "nop");
        Assert.SkipWhen(error is null or KernelException { Errno: Errno.EINVAL }, "This machine permits function tracing, or has none.");

        Assert.Contains("denies function tracing", Assert.IsType<FunctionTracingDeniedException>(error).Advice, StringComparison.Ordinal);
    }
}
