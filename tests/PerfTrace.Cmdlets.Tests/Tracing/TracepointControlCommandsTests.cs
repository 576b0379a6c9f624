using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
[Trait("Machine", "Both")]
public sealed class TracepointControlCommandsTests : TraceFixture
{
    private const string Exec = "events/sched/sched_process_exec", Exit = "events/sched/sched_process_exit";

    [Fact]
    public void Events_are_enabled_in_the_session_s_own_instance()
    {
        Tracepoint[] events = [.. Run("Enable-Tracepoint sched:sched_process_exec, sched:sched_process_exit -Filter 'pid > 1' -PassThru").Objects.Cast<Tracepoint>()];

        Assert.Equal(["sched:sched_process_exec", "sched:sched_process_exit"], events.Select(e => e.Event));
        Assert.All(events, e => Assert.Equal((true, "pid > 1", TraceOwner.Current.NameOf("session")), (e.Enabled, e.Filter, e.Instance)));
        Assert.Equal("0", File.ReadAllText(Path.Combine(Top, Exec, "enable"))[..1]);
        Assert.Equal(events[0].Instance, Single<Tracepoint>("Get-Tracepoint sched:sched_process_exec").Instance);
        Assert.Null(Single<Tracepoint>("Get-Tracepoint sched:sched_process_exec -TopLevel").Instance);

        Run("Disable-Tracepoint sched:sched_process_e*");
        Assert.Equal(("0", "pid > 1"), (Read("session", $"{Exec}/enable"), Read("session", $"{Exec}/filter")));
    }

    [Fact]
    public void WhatIf_does_not_even_make_the_instance()
    {
        Assert.Equal(0, Host.Run("Enable-Tracepoint sched:sched_process_exec -WhatIf").ExitCode);
        Assert.Equal(0, Host.Run("Set-TraceBuffer -Size 1MB -WhatIf").ExitCode);

        Assert.False(Directory.Exists(PathOf("session")));
    }

    [Fact]
    public void A_filter_that_one_event_does_not_take_leaves_that_one_alone()
    {
        Run("Set-TracepointFilter sched:sched_process_exec 'pid > 7'");

        // sched_process_exit has the field, sched_process_exec has not.
        HostResult result = Host.Run("Enable-Tracepoint sched:sched_process_exec, sched:sched_process_exit -Filter 'prio < 100' -PassThru");

        var error = Assert.IsType<TraceCommandException>(Assert.Single(result.Errors).Exception);
        Assert.Equal(("sched:sched_process_exec", "Field not found", "prio < 100"), (error.Target, error.Reason, error.Command));
        Assert.Equal("sched:sched_process_exit", Assert.IsType<Tracepoint>(Assert.Single(result.Objects)).Event);
        Assert.Equal(("0", "pid > 7"), (Read("session", $"{Exec}/enable"), Read("session", $"{Exec}/filter")));
        Assert.Contains("\n    prio < 100\n", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_is_set_and_removed_by_the_pipeline()
    {
        Run("New-TraceInstance f | Set-TracepointFilter sched:sched_process_exec 'pid > 5'");
        Assert.Equal("pid > 5", Single<Tracepoint>("Get-Tracepoint sched:sched_process_exec -Instance f").Filter);

        Run("Get-Tracepoint sched:sched_process_exec -Instance f | Set-TracepointFilter -Clear");
        Assert.Equal("none", Read("f", $"{Exec}/filter"));
    }

    [Theory]
    [InlineData("Enable-Tracepoint sched:sched_process_exek", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Enable-Tracepoint sched:sched_process_exec -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Enable-Tracepoint sched:sched_process_exec -Instance a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Enable-Tracepoint ftrace:print", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("Set-TracepointFilter sched:sched_process_exec 'pid >'", "InvalidTraceCommand", ErrorCategory.ParserError)]
    [InlineData("Set-TracepointFilter sched:sched_process_exec 'pid > 1\n'", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Add-TracepointTrigger sched:sched_process_exec TraceOff -Filter 'nofield == 1'", "InvalidTraceCommand", ErrorCategory.ParserError)]
    [InlineData("Add-TracepointTrigger sched:sched_process_exec EnableEvent -Target sched:nosuch", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Add-TracepointTrigger sched:sched_process_exec EnableEvent -Target sched:sched_process_e*", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Add-TracepointTrigger sched:sched_process_exec EnableEvent", "TargetMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Add-TracepointTrigger sched:sched_process_exec TraceOn -Target sched:sched_switch", "TargetNotUsed", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-TracepointTrigger sched:sched_process_exec TraceOn", "TriggerNotFound", ErrorCategory.ObjectNotFound)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) => Fail(line, id, category);

    [Fact]
    public void A_filter_that_is_longer_than_a_page_is_told_so()
    {
        ErrorRecord error = Fail($"Set-TracepointFilter sched:sched_process_exec '{string.Join(" && ", Enumerable.Repeat("pid > 1", 1000))}'", "KernelError", ErrorCategory.InvalidOperation);

        Assert.Contains("make it shorter", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Triggers_of_each_kind_are_added_and_removed()
    {
        Run("New-TraceInstance t");
        Run("Add-TracepointTrigger sched:sched_process_exit TraceOff -Count 3 -Filter 'prio < 0' -Instance t");
        Run("Add-TracepointTrigger sched:sched_process_exit StackTrace -Instance t");
        Run("Add-TracepointTrigger sched:sched_process_exit EnableEvent -Target sched:sched_process_exec -Count 5 -Filter 'prio < 0' -Instance t");

        Tracepoint exit = Single<Tracepoint>("Get-Tracepoint sched:sched_process_exit -Instance t");
        Assert.Equal(["enable_event:sched:sched_process_exec:count=5 if prio < 0", "stacktrace:unlimited", "traceoff:count=3 if prio < 0"],
            exit.Triggers.Order(StringComparer.Ordinal));
        Fail("Add-TracepointTrigger sched:sched_process_exit TraceOn -Instance t", "AlreadyExists", ErrorCategory.ResourceExists);

        // A trigger has the kernel watch the event; recorded it is not.
        Assert.Empty(Single<TraceInstance>("Get-TraceInstance t").EnabledEvents);
        Assert.False(exit.Enabled);

        Run("Remove-TracepointTrigger sched:sched_process_exit TraceOff -Instance t");
        Run("Remove-TracepointTrigger sched:sched_process_exit EnableEvent -Target sched:*exec -Instance t");
        Assert.Equal(["stacktrace:unlimited"], exit.Triggers);
        Run("Remove-TracepointTrigger sched:sched_process_exit -All -Instance t");
        Assert.Empty(exit.Triggers);
    }

    [Fact]
    public void A_trigger_acts()
    {
        Run("New-TraceInstance act | Add-TracepointTrigger sched:sched_process_exec TraceOff");
        Assert.Equal("1", Read("act", "tracing_on"));

        using var child = System.Diagnostics.Process.Start("true");
        child.WaitForExit();

        Assert.Equal("0", Read("act", "tracing_on"));
    }

    [Fact]
    public void Changes_in_another_s_instance_are_undone_at_the_end()
    {
        string name = $"perftrace-test-{Environment.ProcessId}";
        string path = Path.Combine(Top, "instances", name);
        Directory.CreateDirectory(path);
        try
        {
            File.WriteAllText(Path.Combine(path, Exec, "filter"), "pid > 3");
            File.AppendAllText(Path.Combine(path, Exit, "trigger"), "traceoff:7 if prio < 0");
            File.WriteAllText(Path.Combine(path, "trace_clock"), "boot");
            string[] before = State();

            Run($"Enable-Tracepoint sched:sched_process_e* -Filter 'pid > 9' -Instance {name}");
            Run($"Set-TracepointFilter sched:sched_process_exec 'pid > 10' -Instance {name}");
            Run($"Add-TracepointTrigger sched:sched_process_exec StackTrace -Instance {name}");
            Run($"Remove-TracepointTrigger sched:sched_process_exit TraceOff -Instance {name}");
            Run($"Set-TraceBuffer -Clock mono -Overwrite Off -Tracing Off -Size 64KB -Instance {name}");
            Assert.NotEqual(before, State());
            Assert.Empty(TraceSession.Current.ReleaseAll());
            Assert.Equal(before, State());

            Run($"Enable-Tracepoint sched:sched_process_exec -Instance {name} -Persistent");
            Assert.Empty(TraceSession.Current.ReleaseAll());
            Assert.Equal("1", File.ReadAllText(Path.Combine(path, Exec, "enable"))[..1]);
        }
        finally
        {
            Directory.Delete(path);
        }

        string[] State() => [.. new[]
        {
            "trace_clock", "tracing_on", "options/overwrite", "buffer_total_size_kb", "set_event",
            $"{Exec}/enable", $"{Exec}/filter", $"{Exec}/trigger", $"{Exit}/enable", $"{Exit}/filter", $"{Exit}/trigger",
        }.Select(file => $"{file}: {File.ReadAllText(Path.Combine(path, file))}")];
    }

    [Fact]
    public void A_whole_system_is_switched_and_no_other()
    {
        string[] Enabled() => [.. Read("session", "set_event").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string[] names = [.. Directory.GetDirectories(Path.Combine(Top, "events/sched")).Select(static d => $"sched:{Path.GetFileName(d)}").Order(StringComparer.Ordinal)];

        HostResult result = Host.Run("Enable-Tracepoint sched:*, sign*, irq:* -Verbose");
        Assert.Empty(result.Errors);
        Assert.Contains(result.Verbose, v => v.StartsWith($"Enable: sched:* ({names.Length} tracepoints) in ", StringComparison.Ordinal));
        string[] enabled = Enabled();
        Assert.Equal(names, enabled.Where(static e => e.StartsWith("sched:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("signal:signal_deliver", enabled);
        Assert.Equal(["irq", "sched", "signal"], enabled.Select(static e => e.Split(':')[0]).Distinct().Order(StringComparer.Ordinal));

        // A part of a system is a part, and a filter is set on each.
        Run("Disable-Tracepoint sched:*, irq:*");
        Assert.DoesNotContain(Enabled(), static e => e.StartsWith("sched:", StringComparison.Ordinal));
        Run("Enable-Tracepoint sched:sched_process_e*");
        Run("Enable-Tracepoint irq:* -Filter 'common_pid > 1'");
        Assert.Equal(["sched:sched_process_exec", "sched:sched_process_exit"], Enabled().Where(static e => e.StartsWith("sched:", StringComparison.Ordinal)));
        Assert.Equal("common_pid > 1", Read("session", "events/irq/softirq_raise/filter"));
    }

    [Fact]
    public void Of_another_s_system_each_event_is_at_the_end_as_it_was()
    {
        string name = $"perftrace-test-{Environment.ProcessId}-systems";
        string path = Path.Combine(Top, "instances", name);
        Directory.CreateDirectory(path);
        try
        {
            string State() => File.ReadAllText(Path.Combine(path, "set_event"));
            File.WriteAllText(Path.Combine(path, Exec, "enable"), "1");
            File.WriteAllText(Path.Combine(path, "events/irq/softirq_raise/enable"), "1");
            string before = State();

            Run($"Enable-Tracepoint sched:* -Instance {name}");
            Assert.NotEqual(before, State());
            Run($"Disable-Tracepoint sched:*, irq:* -Instance {name}");
            Assert.Equal("", State());
            Assert.Empty(TraceSession.Current.ReleaseAll());
            Assert.Equal(before, State());

            Run($"Enable-Tracepoint irq:* -Persistent -Instance {name}");
            Assert.Empty(TraceSession.Current.ReleaseAll());
            Assert.Contains("irq:irq_handler_entry", State(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(path);
        }
    }

    [Fact]
    public void A_stop_ends_the_switching()
    {
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("Enable-Tracepoint sched:* -PassThru");

        Assert.Equal(130, result.ExitCode);
        Assert.Single(result.Objects);
        Assert.Single(Read("session", "set_event").Split('\n'));
    }

    [Fact]
    public void Detailed_tells_everything_at_once()
    {
        TracepointDetail detail = Single<TracepointDetail>("Get-Tracepoint sched:sched_process_exec -Detailed");

        Assert.Equal("sched:sched_process_exec", detail.Event);
        Assert.Contains("pid_t (Int32)", detail.FieldText, StringComparison.Ordinal);
        Assert.Contains("common_pid", detail.CommonFieldText, StringComparison.Ordinal);
        Assert.Contains("REC->pid", detail.PrintFormat, StringComparison.Ordinal);
        Assert.Contains("Fields       :    8 ", Host.Run(["-o", "list", "Get-Tracepoint", "sched:sched_process_exec", "-Detailed"]).StdOut, StringComparison.Ordinal);
    }
}
