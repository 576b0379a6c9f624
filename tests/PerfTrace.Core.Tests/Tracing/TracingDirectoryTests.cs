using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class TracingDirectoryTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        using var scratch = new ScratchInstance();

        scratch.Directory.WriteText("events/sched/sched_switch/filter", "prev_pid > 1");
        scratch.Directory.AppendText("events/sched/sched_switch/trigger", "stacktrace");
        scratch.Directory.AppendText("events/sched/sched_switch/trigger", "traceoff:2");

        Assert.Equal("prev_pid > 1", scratch.Directory.ReadText("events/sched/sched_switch/filter"));
        string triggers = scratch.Directory.ReadText("events/sched/sched_switch/trigger");
        Assert.Contains("stacktrace", triggers, StringComparison.Ordinal);
        Assert.Contains("traceoff:count=2", triggers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../trace_pipe")]
    [InlineData("events//enable")]
    [InlineData("/etc/passwd")]
    [InlineData("events/a b/enable")]
    [InlineData("")]
    public void A_path_has_names_alone(string path)
    {
        using var scratch = new ScratchInstance();

        Assert.Throws<TraceNameException>(() => scratch.Directory.WriteText(path, "1"));
        Assert.Throws<TraceNameException>(() => scratch.Directory.ReadText(path));
        Assert.Throws<TraceNameException>(() => scratch.Directory.Exists(path));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("\u001b[1m")]
    public void A_command_is_one_line(string text)
    {
        using var scratch = new ScratchInstance();

        Assert.Throws<TraceNameException>(() => scratch.Directory.AppendText("events/sched/sched_switch/trigger", text));
    }

    [Fact]
    public void A_file_that_this_kernel_lacks_says_so()
    {
        using var scratch = new ScratchInstance();

        var error = Assert.Throws<KernelException>(() => scratch.Directory.ReadText("no_such_file"));

        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("This kernel has no such file", error.Advice, StringComparison.Ordinal);
        Assert.False(scratch.Directory.Exists("no_such_file"));
        Assert.True(scratch.Directory.Exists("trace"));
    }

    [Fact]
    public void An_instance_that_was_removed_is_gone()
    {
        var scratch = new ScratchInstance();
        scratch.Dispose();

        var error = Assert.Throws<TraceInstanceNotFoundException>(() => scratch.Directory.WriteText("tracing_on", "1"));

        Assert.Equal(scratch.Name, error.Instance);
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instance_whose_file_is_open_is_busy()
    {
        using var scratch = new ScratchInstance();
        using (scratch.Directory.OpenRead("trace_pipe", nonBlocking: true))
        {
            var error = Assert.Throws<KernelResourceException>(() => TraceInstances.Remove(scratch.Directory));
            Assert.Equal((Errno.EBUSY, "rmdir"), (error.Errno, error.Call));
            Assert.Contains("in use", error.Advice, StringComparison.Ordinal);
        }
        TraceInstances.Remove(scratch.Directory);
        Assert.True(scratch.Directory.IsGone);
    }

    [Fact]
    public void A_second_instance_of_a_name_is_an_error()
    {
        using var scratch = new ScratchInstance();

        var error = Assert.Throws<KernelException>(() => TraceInstances.Create(SystemPaths.Default, scratch.Name));

        Assert.Equal(Errno.EEXIST, error.Errno);
    }

    [Fact]
    public void A_session_s_instance_is_found_by_its_short_name_and_a_wrong_name_gets_the_nearest()
    {
        using var scratch = new ScratchInstance();
        string shortName = TraceOwner.Current.ShortNameOf(scratch.Name);

        Assert.Equal(scratch.Name, TracingDirectory.Open(SystemPaths.Default, shortName).Instance);
        var error = Assert.Throws<TraceInstanceNotFoundException>(() => TracingDirectory.Open(SystemPaths.Default, shortName[..^1] + "x"));
        Assert.Contains(shortName, error.Message, StringComparison.Ordinal);
    }
}
