using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
[Trait("Machine", "Guest")]
public sealed class TraceHistogramGuestTests : IDisposable
{
    private const string Tracefs = "/sys/kernel/tracing";

    private readonly HostSession _host = new();

    public void Dispose()
    {
        foreach (string line in (string[])["Remove-TraceHistogram *", "Remove-TraceHistogram * -TopLevel", "Remove-SyntheticEvent *"])
            Assert.Equal("", _host.Run(line).StdErr);
        // The instance that they were in, too: other tests look at what the session has.
        Assert.Empty(TraceSession.Current.ReleaseAll());
    }

    private List<object?> Good(string line)
    {
        HostResult result = _host.Run(line);
        Assert.Equal("", result.StdErr);
        return [.. result.Objects];
    }

    private TraceHistogram Make(string line) => Assert.IsType<TraceHistogram>(Assert.Single(Good(line)));

    private List<TraceHistogramEntry> Entries(string line) => [.. Good(line).Cast<TraceHistogramEntry>()];

    private static void RunTrue()
    {
        using Process process = Process.Start("/bin/true");
        process.WaitForExit();
    }

    [Fact]
    public void Events_are_counted_by_key_in_the_sessions_own_instance()
    {
        TraceHistogram made = Make("New-TraceHistogram sched:sched_process_exec -Key filename,old_pid -Value pid -Sort hitcount -Descending -Filter 'filename == \"/bin/true\"'");
        RunTrue();
        RunTrue();
        HostResult result = _host.Run("Get-TraceHistogram sched:sched_process_exec");

        Assert.Equal((TraceOwner.Current.NameOf("session"), true, "filename == \"/bin/true\""), (made.Instance, made.IsOwned, made.Filter));
        Assert.Equal(["hitcount.descending"], made.Sort);
        Assert.Equal(2, result.Objects.Count);
        var entry = Assert.IsType<TraceHistogramEntry>(result.Objects[0]);
        PSObject shown = GetTraceHistogramCommand.WithProperties(entry);
        Assert.Equal(("/bin/true", 1L), (entry.Key["filename"], entry.HitCount));
        Assert.Equal(entry.Key["old_pid"], shown.Properties["old_pid"].Value);
        Assert.Equal((long)(int)entry.Key["old_pid"], shown.Properties["pid"].Value);
        Assert.Equal((2L, 2, 0L), (entry.Histogram.Hits, entry.Histogram.EntryCount, entry.Histogram.Dropped));
        Assert.Empty(Good("Get-TraceHistogram -TopLevel"));
        Assert.DoesNotContain("hist:", File.ReadAllText($"{Tracefs}/events/sched/sched_process_exec/trigger"), StringComparison.Ordinal);
        Assert.Equal(made.Trigger, Assert.IsType<TraceHistogram>(Assert.Single(Good("Get-TraceHistogram *:*exec -Summary"))).Trigger);
    }

    [Theory]
    [InlineData("kmem:kmalloc", "bytes_req.log2", typeof(TraceHistogramRange))]
    [InlineData("kmem:kmalloc", "bytes_req.buckets=64", typeof(TraceHistogramRange))]
    [InlineData("kmem:kmalloc", "bytes_req.hex", typeof(ulong))]
    [InlineData("kmem:kmalloc", "call_site.sym", typeof(TraceHistogramSymbol))]
    [InlineData("kmem:kmalloc", "call_site.sym-offset", typeof(TraceHistogramSymbol))]
    [InlineData("kmem:kmalloc", "common_stacktrace", typeof(TraceHistogramSymbol[]))]
    [InlineData("kmem:kmalloc", "common_pid.execname", typeof(TraceHistogramThread))]
    [InlineData("kmem:kmalloc", "common_cpu", typeof(int))]
    [InlineData("kmem:kmalloc", "common_timestamp.usecs", typeof(ulong))]
    [InlineData("raw_syscalls:sys_enter", "id.syscall", typeof(TraceHistogramSystemCall))]
    [InlineData("raw_syscalls:sys_exit", "ret", typeof(long))]
    [InlineData("sched:sched_switch", "prev_comm", typeof(string))]
    public void Keys_have_types(string name, string key, Type type)
    {
        TraceHistogram made = Make($"New-TraceHistogram {name} -Key {key}");
        RunTrue();
        HostResult result = _host.Run($"Get-TraceHistogram {name}");
        Good("Remove-TraceHistogram *");

        List<TraceHistogramEntry> entries = [.. result.Objects.Cast<TraceHistogramEntry>()];
        Assert.NotEmpty(entries);
        Assert.All(entries, e => Assert.IsType(type, Assert.Single(e.Key).Value));
        Assert.All(entries, e => Assert.True(e.HitCount > 0));
        Assert.Equal(entries.Count, entries[0].Histogram.EntryCount);
        // Counting goes on while the kernel writes: the totals come last.
        Assert.InRange(entries[0].Histogram.Hits, entries.Sum(e => e.HitCount!.Value), long.MaxValue);
        Assert.Equal([key], made.Keys);
    }

    [Fact]
    public void Wake_up_latency_takes_two_lines()
    {
        var synthetic = Assert.IsType<SyntheticEvent>(Assert.Single(
            Good("New-SyntheticEvent wakeup_latency -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid -Field next_comm,next_prio")));
        Make("New-TraceHistogram synthetic:wakeup_latency -Key delta_us.log2 -Value delta_us -Sort delta_us");
        RunTrue();
        List<TraceHistogramEntry> entries = Entries("Get-TraceHistogram synthetic:wakeup_latency");

        Assert.Equal(["delta_us", "next_pid", "next_comm", "next_prio"], synthetic.Fields.Select(f => f.Name));
        Assert.Equal([typeof(ulong), typeof(int), typeof(string), typeof(int)], synthetic.Fields.Select(f => f.Type));
        Assert.NotEmpty(entries);
        foreach (TraceHistogramEntry entry in entries)
        {
            var range = Assert.IsType<TraceHistogramRange>(entry.Key["delta_us"]);
            ulong mean = (ulong)entry.Values["delta_us"] / (ulong)entry.HitCount!.Value;
            Assert.InRange(mean, range.Low, range.High);
        }

        Assert.StartsWith("Busy,", Assert.Single(_host.Run("Remove-SyntheticEvent wakeup_latency").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(3, Good("Get-TraceHistogram -Summary").Count);
        Good("Remove-TraceHistogram synthetic:wakeup_latency");
        Good("Remove-SyntheticEvent wakeup_latency");
        Assert.Empty(Good("Get-TraceHistogram"));
    }

    [Fact]
    public void Two_events_may_have_a_common_field_in_common()
    {
        var synthetic = Assert.IsType<SyntheticEvent>(Assert.Single(
            Good("New-SyntheticEvent call_time -Start raw_syscalls:sys_enter -End raw_syscalls:sys_exit -Key common_pid -Field ret -EndFilter 'id == 59'")));
        Make("New-TraceHistogram synthetic:call_time -Key pid,ret");
        RunTrue();

        Assert.Equal(["delta_us", "pid", "ret"], synthetic.Fields.Select(f => f.Name));
        Assert.Contains(Entries("Get-TraceHistogram synthetic:call_time"), e => e.Key["pid"] is int and > 0 && e.Key["ret"] is 0L);
        Good("Remove-TraceHistogram synthetic:call_time");
        Good("Remove-SyntheticEvent call_time");
    }

    [Fact]
    public void The_greatest_latency_of_each_thread_comes_with_who_ran_before()
    {
        Make("New-TraceHistogram sched:sched_waking -Key pid -Variable ts0=common_timestamp.usecs");
        Make("New-TraceHistogram sched:sched_switch -Key next_pid -Variable 'lat=common_timestamp.usecs-$ts0' -OnMax '$lat save(next_comm,prev_comm)'");
        RunTrue();
        List<TraceHistogramEntry> entries = Entries("Get-TraceHistogram sched:sched_switch");

        Assert.NotEmpty(entries);
        Assert.All(entries, e => Assert.IsType<string>(e.Saved["prev_comm"]));
        Assert.Contains(entries, e => e.Maximum > 0);
    }

    [Fact]
    public void A_synthetic_event_is_made_by_an_action_of_ones_own()
    {
        var synthetic = Assert.IsType<SyntheticEvent>(Assert.Single(Good("New-SyntheticEvent latency -Field 'u64 lat','pid_t pid','char comm[16]'")));
        Make("New-TraceHistogram sched:sched_waking -Key pid -Variable ts0=common_timestamp.usecs");
        TraceHistogram made = Make("New-TraceHistogram sched:sched_switch -Key next_pid -Variable 'lat=common_timestamp.usecs-$ts0' -OnMatch 'sched:sched_waking trace(latency,$lat,next_pid,next_comm)'");
        Make("New-TraceHistogram synthetic:latency -Key comm,lat.buckets=1000");
        RunTrue();

        Assert.Equal(("latency", TraceOwner.Current.NameOf("latency"), true), (synthetic.Name, synthetic.FullName, synthetic.IsOwned));
        Assert.Equal($"onmatch(sched.sched_waking).trace({synthetic.FullName},$lat,next_pid,next_comm)", Assert.Single(made.Actions));
        Assert.Contains(Entries("Get-TraceHistogram synthetic:latency"), e => e.Key["comm"] is string { Length: > 0 });
        Assert.Equal("latency", Assert.IsType<SyntheticEvent>(Assert.Single(Good("Get-SyntheticEvent lat*"))).Name);

        HostResult busy = _host.Run("Remove-SyntheticEvent latency");
        Assert.StartsWith("Busy,", Assert.Single(busy.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        busy = _host.Run("Remove-TraceHistogram sched:sched_waking");
        Assert.Contains("refers to this one's variables", Assert.Single(busy.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_pause_go_on_and_forget()
    {
        TraceHistogram made = Make("New-TraceHistogram sched:sched_process_exec -Key filename -Pause -Filter 'filename == \"/bin/true\"'");
        Assert.True(made.IsPaused);
        RunTrue();
        Assert.Empty(Entries("Get-TraceHistogram"));

        Assert.False(Make("Set-TraceHistogram sched:sched_process_exec -Resume -PassThru").IsPaused);
        RunTrue();
        Assert.Equal(1, Assert.Single(Entries("Get-TraceHistogram")).HitCount);
        Good("Get-TraceHistogram -Summary | Set-TraceHistogram -Pause -Clear");
        Assert.Empty(Entries("Get-TraceHistogram"));
        Assert.True(Make("Get-TraceHistogram -Summary").IsPaused);
    }

    [Fact]
    public void Events_of_one_name_count_together()
    {
        Good("New-TraceHistogram sched:sched_process_exec,sched:sched_process_exit -Key common_pid -Name together -Filter 'common_pid > 0'");
        RunTrue();

        Assert.Equal(["sched:sched_process_exec", "sched:sched_process_exit"], Good("Get-TraceHistogram -Name tog* -Summary").Cast<TraceHistogram>().Select(h => h.Event).Order());
        Assert.Contains(Entries("Get-TraceHistogram sched:sched_process_exit"), e => e.HitCount == 2);
        Assert.StartsWith("HistogramNotFound,", Assert.Single(_host.Run("Get-TraceHistogram -Name other").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_found_no_room_is_counted_and_told()
    {
        Make("New-TraceHistogram kmem:kmalloc -Key common_timestamp -Size 1");
        RunTrue();
        RunTrue();
        HostResult result = _host.Run("Get-TraceHistogram kmem:kmalloc");

        var histogram = ((TraceHistogramEntry)result.Objects[0]!).Histogram;
        Assert.Equal((128, true), (histogram.Size, histogram.Dropped > 0));
        Assert.Equal(result.Objects.Count, histogram.EntryCount);
        Assert.Contains($"{histogram.Dropped} events were lost", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_com", "InvalidTraceCommand", ErrorCategory.ParserError, "Did you mean next_comm?")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_com", "InvalidTraceCommand", ErrorCategory.ParserError, "  hist:keys=next_com\n            ^")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid.foo", "InvalidTraceCommand", ErrorCategory.ParserError, "Invalid field modifier")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid -Sort next_comm", "InvalidTraceCommand", ErrorCategory.ParserError, "Sort field")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid -Filter 'nosuch > 1'", "InvalidTraceCommand", ErrorCategory.ParserError, "Field not found")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid -Clock nosuch -Variable ts=common_timestamp", "InvalidTraceCommand", ErrorCategory.ParserError, "trace_clock")]
    [InlineData("New-TraceHistogram sched:sched_switch -Key next_pid -OnMatch 'sched:nosuch trace(a,next_pid)'", "TracepointNotFound", ErrorCategory.ObjectNotFound, "sched:nosuch")]
    [InlineData("New-TraceHistogram sched:sched_swich -Key next_pid", "TracepointNotFound", ErrorCategory.ObjectNotFound, "sched:sched_switch")]
    [InlineData("New-TraceHistogram ftrace:function -Key ip", "NotSupported", ErrorCategory.NotImplemented, "can have no triggers")]
    [InlineData("Get-TraceHistogram sched:sched_swich", "TracepointNotFound", ErrorCategory.ObjectNotFound, "sched:sched_switch")]
    [InlineData("New-SyntheticEvent lat -Field 'u65 lat'", "InvalidTraceCommand", ErrorCategory.ParserError, "Types are s8")]
    [InlineData("New-SyntheticEvent lat -Start sched:sched_waking -End sched:sched_switch -Key pid=nxt_pid", "HistogramSyntax", ErrorCategory.ParserError, "next_pid")]
    [InlineData("New-SyntheticEvent lat -Start sched:sched_waking -End sched:sched_switch -Key pdi=next_pid", "InvalidTraceCommand", ErrorCategory.ParserError, "Did you mean pid")]
    [InlineData("Get-SyntheticEvent nosuch", "TracepointNotFound", ErrorCategory.ObjectNotFound, "synthetic:nosuch")]
    public void Bad_input_is_a_specific_error_and_leaves_nothing(string line, string id, ErrorCategory category, string message)
    {
        HostResult result = _host.Run(line);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Good("Get-TraceHistogram"));
        Assert.Empty(Good("Get-SyntheticEvent"));
    }

    [Fact]
    public void The_same_again_is_there_already()
    {
        Make("New-TraceHistogram sched:sched_switch -Key next_pid");
        Good("New-SyntheticEvent twice -Field 'u64 a'");

        foreach (string line in (string[])["New-TraceHistogram sched:sched_switch -Key next_pid", "New-SyntheticEvent twice -Field 'u64 a'"])
        {
            ErrorRecord error = Assert.Single(_host.Run(line).Errors);
            Assert.StartsWith("AlreadyExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        }
    }

    [Fact]
    public void What_if_makes_nothing()
    {
        TraceHistogram made = Make("New-TraceHistogram sched:sched_process_exec -Key pid");
        foreach (string line in (string[])
            [
                "New-TraceHistogram sched:sched_switch -Key next_pid -WhatIf", "New-SyntheticEvent if -Field 'u64 a' -WhatIf",
                "New-SyntheticEvent if -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid -WhatIf",
                "Remove-TraceHistogram * -WhatIf", "Set-TraceHistogram * -Pause -WhatIf",
            ])
        {
            HostResult result = _host.Run(line);
            Assert.Equal((0, 0), (result.ExitCode, result.Objects.Count));
            Assert.StartsWith("What if: ", result.StdErr, StringComparison.Ordinal);
        }

        TraceHistogram left = Make("Get-TraceHistogram -Summary");
        Assert.Equal((made.Trigger, false), (left.Trigger, left.IsPaused));
        Assert.Empty(Good("Get-SyntheticEvent"));
    }

    [Fact]
    public void At_the_top_level_a_histogram_says_whose_it_is_and_goes_with_the_session()
    {
        TraceHistogram made = Make("New-TraceHistogram sched:sched_process_exec -Key pid -TopLevel");
        Make("New-TraceHistogram sched:sched_process_exit -Key pid -TopLevel -Persistent");
        string trigger = $"{Tracefs}/events/sched/sched_process_exec/trigger";

        Assert.Contains($"hist:name={TraceOwner.Current.Prefix}", File.ReadAllText(trigger), StringComparison.Ordinal);
        Assert.Equal((null, true), (made.Instance, made.IsOwned));
        Assert.Empty(TraceSession.Current.ReleaseAll());
        Assert.DoesNotContain("hist:", File.ReadAllText(trigger), StringComparison.Ordinal);
        var stays = Assert.IsType<TraceHistogram>(Assert.Single(Good("Get-TraceHistogram -TopLevel -Summary")));
        Assert.Equal((false, null), (stays.IsOwned, stays.Name));
    }

    [Fact]
    public void The_end_of_a_session_undoes_all_of_it()
    {
        Good("New-SyntheticEvent wakeup -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid");
        Make("New-TraceHistogram synthetic:wakeup -Key delta_us.log2");
        Make("New-TraceHistogram synthetic:wakeup -Key delta_us.log2 -TopLevel");
        Make("New-TraceHistogram sched:sched_process_exec -Key pid");

        Assert.Empty(TraceSession.Current.ReleaseAll());
        Assert.Equal("", File.ReadAllText($"{Tracefs}/synthetic_events"));
        Assert.Empty(Directory.GetDirectories($"{Tracefs}/instances"));
    }

    [Fact]
    public void An_instance_that_is_removed_leaves_its_synthetic_event_free()
    {
        Good("New-SyntheticEvent wakeup -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid");
        Make("New-TraceHistogram synthetic:wakeup -Key delta_us.log2");
        Good($"Remove-TraceInstance {TraceOwner.Current.NameOf("session")}");

        Good("Remove-SyntheticEvent wakeup");
    }

    [Fact]
    public void What_a_killed_session_left_is_found_and_removed()
    {
        // No process has this number and this start.
        const string left = "perftrace_1_1_";
        File.AppendAllText($"{Tracefs}/synthetic_events", $"{left}lat u64 lat\n");
        Directory.CreateDirectory($"{Tracefs}/instances/{left}session");
        foreach (string root in (string[])[$"{Tracefs}/instances/{left}session/events", $"{Tracefs}/events"])
        {
            string name = root.Contains("instances", StringComparison.Ordinal) ? "" : $"name={left}h{{0}}:";
            Trigger(root, "sched/sched_waking", $"hist:{name}keys=pid:ts0=common_timestamp.usecs", "1");
            Trigger(root, "sched/sched_switch", $"hist:{name}keys=next_pid:lat=common_timestamp.usecs-$ts0:onmatch(sched.sched_waking).trace({left}lat,$lat) if next_pid != 0", "2");
            Trigger(root, $"synthetic/{left}lat", $"hist:{name}keys=lat.log2:sort=lat", "3");
        }

        Assert.Equal(8, Good("Get-PerfTraceResource -Orphaned").Count(static r => ((PerfTraceResource)r!).Kind is PerfTraceResourceKind.Histogram or PerfTraceResourceKind.Instance or PerfTraceResourceKind.SyntheticEvent));
        Good("Remove-PerfTraceResource");

        Assert.Empty(Good("Get-PerfTraceResource -Orphaned"));
        Assert.Equal("", File.ReadAllText($"{Tracefs}/synthetic_events"));
        Assert.False(Directory.Exists($"{Tracefs}/instances/{left}session"));
        Assert.DoesNotContain("hist:", File.ReadAllText($"{Tracefs}/events/sched/sched_waking/trigger"), StringComparison.Ordinal);

        static void Trigger(string root, string name, string text, string number) =>
            File.AppendAllText($"{root}/{name}/trigger", text.Replace("{0}", number, StringComparison.Ordinal) + "\n");
    }
}
