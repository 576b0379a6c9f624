using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Host;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class WatchTracepointCommandTests : CmdletFixture
{
    [Fact]
    public void A_commands_events_come_in_order()
    {
        HostResult result = Host.Run("Watch-Tracepoint sched:sched_process_exec,sched:sched_process_exit -Command /bin/true");

        Assert.Equal("", result.StdErr);
        Assert.Equal(["sched:sched_process_exec", "sched:sched_process_exit"], result.Objects.Select(static o => Assert.IsAssignableFrom<TraceEvent>(o).EventName));
        Assert.Equal("/bin/true", result.Objects[0]!.GetType().GetProperty("filename")!.GetValue(result.Objects[0]));
    }

    [Theory]
    [InlineData("Get-Tracepoint sched:sched_process_ex* | Watch-Tracepoint -Command /bin/true")]
    [InlineData("Watch-Tracepoint sched:sched_process_ex* -Command /bin/true")]
    [InlineData("Get-PerfEvent sched:sched_process_exec | Watch-Tracepoint -Command /bin/true")]
    public void Names_wildcards_and_the_pipeline_say_what_to_watch(string line)
    {
        HostResult result = Host.Run(line);

        Assert.Equal("", result.StdErr);
        Assert.Contains(result.Objects, static o => ((TraceEvent)o!).EventName == "sched:sched_process_exec");
    }

    [Fact]
    public void A_tracepoint_from_the_pipeline_is_no_process()
    {
        HostResult result = Host.Run("Get-Tracepoint sched:sched_switch | Watch-Tracepoint -MaxEvents 1");

        Assert.Equal("", result.StdErr);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void It_ends_after_so_many_events()
    {
        Assert.Equal(3, Host.Run("Watch-Tracepoint sched:sched_switch -MaxEvents 3").Objects.Count);
    }

    [Fact]
    public void It_ends_with_the_time()
    {
        long begin = Stopwatch.GetTimestamp();

        HostResult result = Host.Run("Watch-Tracepoint sched:sched_process_wait -Duration 300ms");

        Assert.Equal(0, result.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_kernel_filters() =>
        Assert.Equal(7, Host.Run("Watch-Tracepoint syscalls:sys_enter_write -Filter 'fd == 1' -Command dd if=/dev/zero of=/dev/null bs=1 count=7 status=none").Objects.Count);

    [Fact]
    public void Losses_are_warned_of()
    {
        HostResult result = Host.Run("Watch-Tracepoint raw_syscalls:sys_enter -BufferSize 4KB -Command dd if=/dev/zero of=/dev/null bs=1 count=200000 status=none");

        Assert.Contains(result.Warnings, static w => w.Contains("events were lost", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1TB", "ParameterArgumentValidationError,")]
    [InlineData("0", "ParameterArgumentTransformationError,")]
    public void A_buffer_of_no_possible_size_is_refused(string size, string id)
    {
        HostResult result = Host.Run($"Watch-Tracepoint sched:sched_switch -BufferSize {size} -Duration 1");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(id, Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Watch-Tracepoint sched:sched_swich -Duration 1", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -Filter 'nothing == 1' -Duration 1", "InvalidFilter", ErrorCategory.InvalidOperation)]
    [InlineData("Watch-Tracepoint sched:sched_switch -Filter 'nothing == 1\n' -Duration 1", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Watch-Tracepoint sched:sched_switch -ProcessId 2147483646", "ProcessNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -ThreadId 2147483646", "ThreadNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -CGroup no/such -Duration 1", "CGroupNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -Cpu 4000 -Duration 1", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -Command /no/such", "CommandNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-Tracepoint sched:sched_switch -Overwrite", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) =>
        Fail(line, id, category);

    [Fact]
    public void A_wrong_filter_is_shown_with_the_place()
    {
        HostResult result = Host.Run("Watch-Tracepoint sched:sched_switch -Filter 'prev_pid == 1 && prev_pidd == 1' -Duration 1");

        string message = Assert.Single(result.Errors).Exception.Message;
        Assert.Contains("Field not found", message, StringComparison.Ordinal);
        string[] lines = message.Split('\n');
        Assert.Equal(lines[^2].IndexOf("prev_pidd", StringComparison.Ordinal) + "prev_pidd".Length + 1, lines[^1].IndexOf('^') + 1, 2.0);
    }

    [Fact]
    public void One_wrong_event_does_not_keep_the_others()
    {
        HostResult result = Host.Run("Watch-Tracepoint sched:sched_process_exec,no:such -Command /bin/true");

        Assert.Single(result.Errors);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void A_stop_ends_it_within_a_tenth_of_a_second()
    {
        TimeSpan? took = null;
        long stopped = 0;
        Host.ObjectWritten = _ =>
        {
            if (stopped == 0)
            {
                stopped = Stopwatch.GetTimestamp();
                Host.Stop();
            }
        };

        HostResult result = Host.Run("Watch-Tracepoint sched:sched_switch");
        took = Stopwatch.GetElapsedTime(stopped);

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(took.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Script_blocks_need_PowerShell() =>
        Assert.Contains("PowerShell", Host.Run("Watch-Tracepoint sched:sched_switch -Where x").StdErr, StringComparison.Ordinal);
}
