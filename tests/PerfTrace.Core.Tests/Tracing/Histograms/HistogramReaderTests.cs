using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Histograms;

/// <summary>Texts of Linux 6.12.</summary>
public sealed class HistogramReaderTests
{
    private static readonly Dictionary<string, EventField> Fields = new EventField[]
    {
        new("next_comm", "char[16]", 0, 16, true, EventFieldKind.FixedString, 1, false),
        new("prev_comm", "char[16]", 0, 16, true, EventFieldKind.FixedString, 1, false),
        new("filename", "__data_loc char[]", 0, 4, true, EventFieldKind.DynamicString, 1, false),
        new("prev_prio", "int", 0, 4, true, EventFieldKind.Integer, 4, false),
        new("prev_pid", "pid_t", 0, 4, true, EventFieldKind.Integer, 4, false),
        new("next_pid", "pid_t", 0, 4, true, EventFieldKind.Integer, 4, false),
        new("common_pid", "int", 0, 4, true, EventFieldKind.Integer, 4, false),
        new("ret", "long", 0, 8, true, EventFieldKind.Integer, 8, false),
        new("small", "s8", 0, 1, true, EventFieldKind.Integer, 1, false),
        new("bytes_req", "size_t", 0, 8, false, EventFieldKind.Integer, 8, false),
        new("bytes_alloc", "size_t", 0, 8, false, EventFieldKind.Integer, 8, false),
        new("lat", "u64", 0, 8, false, EventFieldKind.Integer, 8, false),
    }.ToDictionary(f => f.Name);

    private static IReadOnlyList<HistogramText> ParseAll(string text) => HistogramReader.Parse(text.TrimEnd('\n'), name => Fields.GetValueOrDefault(name));

    private static HistogramText Parse(string trigger, string entries, string totals = "    Hits: 820\n    Entries: 14\n    Dropped: 3\n") =>
        Assert.Single(ParseAll($"# event histogram\n#\n# trigger info: {trigger}\n#\n\n{entries}\n\nTotals:\n{totals}"));

    private static HistogramEntryText Entry(string trigger, string entry) => Assert.Single(Parse(trigger, entry).Entries);

    [Fact]
    public void Keys_sums_and_totals_have_their_types()
    {
        HistogramText histogram = Parse(
            "hist:keys=next_comm,prev_prio:vals=hitcount,prev_pid.hex,next_pid:sort=hitcount.descending,next_comm:size=256 if next_pid > 0 [active]",
            """
            { next_comm: kworker/1:1                                       , prev_prio:        120 } hitcount:        301  prev_pid:       1a11  next_pid:      13244
            { next_comm: rcu_preempt                                       , prev_prio:        120 } hitcount:         87  prev_pid:        30b  next_pid:       1653
            """);

        Assert.Equal(2, histogram.Entries.Count);
        Assert.Equal([("next_comm", "kworker/1:1"), ("prev_prio", 120)], histogram.Entries[0].Key.Select(k => (k.Key, k.Value)));
        Assert.Equal([("hitcount", 301L), ("prev_pid", 0x1a11L), ("next_pid", 13244L)], histogram.Entries[0].Values.Select(k => (k.Key, k.Value)));
        Assert.Equal((820L, 14, 3L), (histogram.Hits, histogram.EntryCount, histogram.Dropped));
        Assert.Equal(["hitcount.descending", "next_comm"], histogram.Info.Sort);
        Assert.Equal((256, "next_pid > 0", false), (histogram.Info.Size, histogram.Info.Filter, histogram.Info.IsPaused));
    }

    [Theory]
    [InlineData("a, prev_prio: 7 } hitcount: 5")]
    [InlineData("{ x")]
    [InlineData("} hitcount: 1\n{ next_comm: b")]
    [InlineData("two\nlines")]
    [InlineData("\ttab")]
    [InlineData("")]
    public void A_name_may_look_like_the_rest(string name)
    {
        HistogramEntryText entry = Entry("hist:keys=next_comm,prev_prio:vals=hitcount:sort=hitcount:size=2048 [active]",
            $"{{ next_comm: {name,-50}, prev_prio:        120 }} hitcount:        301");

        Assert.Equal([name, 120], entry.Key.Values);
        Assert.Equal(301L, entry.Values["hitcount"]);
    }

    [Fact]
    public void Numbers_that_the_kernel_shows_as_unsigned_get_their_sign_back()
    {
        HistogramText histogram = Parse("hist:keys=ret,small,prev_prio:vals=hitcount,ret:sort=ret:size=2048 [active]",
            "{ ret: 18446744073709551591, small:        255, prev_prio: 4294967295 } hitcount:          5  ret: 18446744073709551491\n" +
            "{ ret: 140550583660544, small:          1, prev_prio: 18446744073709551615 } hitcount:          1  ret: 140550583660544");

        Assert.Equal([-25L, (sbyte)-1, -1], histogram.Entries[0].Key.Values);
        Assert.Equal(-125L, histogram.Entries[0].Values["ret"]);
        Assert.Equal([140550583660544L, (sbyte)1, -1], histogram.Entries[1].Key.Values);
    }

    [Fact]
    public void Addresses_are_symbols()
    {
        HistogramText histogram = Parse("hist:keys=call_site.sym-offset:vals=hitcount:sort=hitcount:size=2048 [active]",
            """
            { call_site: [ffffffff81448d11] alloc_empty_backing_file+0x31/0xe0                      } hitcount:         79
            { call_site: [ffffffffc021136f] ovl_iterate+0x1df/0x320 [overlay]                       } hitcount:          1
            { call_site: [0000000000000010] 0x10                                                    } hitcount:          1
            """);

        Assert.Equal(
            [
                new TraceHistogramSymbol("alloc_empty_backing_file", 0xffffffff81448d11, 0x31, null),
                new TraceHistogramSymbol("ovl_iterate", 0xffffffffc021136f, 0x1df, "overlay"),
                new TraceHistogramSymbol("0x10", 0x10, null, null),
            ],
            histogram.Entries.Select(e => e.Key["call_site"]));
        Assert.Equal("ovl_iterate+0x1df [overlay]", histogram.Entries[1].Key["call_site"].ToString());
    }

    [Fact]
    public void Symbols_without_offset_and_threads_stand_side_by_side() =>
        Assert.Equal(
            [new TraceHistogramSymbol("ovl_dir_open", 0xffffffffc0210044, null, "overlay"), new TraceHistogramThread(184, "my [7] thread")],
            Entry("hist:keys=call_site.sym,common_pid.execname:vals=hitcount:sort=hitcount:size=2048 [active]",
                "{ call_site: [ffffffffc0210044] ovl_dir_open [overlay]                       , common_pid: my [7] thread   [       184] } hitcount:          1").Key.Values);

    [Fact]
    public void System_calls_have_names() =>
        Assert.Equal(
            [new TraceHistogramSystemCall(11, "sys_munmap"), new TraceHistogramThread(214, "sleep")],
            Entry("hist:keys=id.syscall,common_pid.execname:vals=hitcount:sort=hitcount:size=2048 [active]",
                "{ id: sys_munmap                    [ 11], common_pid: sleep           [       214] } hitcount:          1").Key.Values);

    [Theory]
    [InlineData("~ 2^0 ", 0, 1)]
    [InlineData("~ 2^1 ", 2, 2)]
    [InlineData("~ 2^7 ", 65, 128)]
    [InlineData("~ 2^63", (1UL << 62) + 1, 1UL << 63)]
    [InlineData("~ 2^64", (1UL << 63) + 1, ulong.MaxValue)]
    public void Powers_of_two_are_ranges(string text, ulong low, ulong high) =>
        Assert.Equal([new TraceHistogramRange(low, high), 1],
            Entry("hist:keys=bytes_req.log2,common_cpu:vals=hitcount:sort=hitcount:size=2048 [active]", $"{{ bytes_req: {text}, common_cpu:          1 }} hitcount:          2").Key.Values);

    [Fact]
    public void Buckets_percentages_and_bars()
    {
        HistogramText histogram = Parse(
            "hist:keys=bytes_req.buckets=100:vals=hitcount,bytes_alloc.percent,bytes_req.graph:sort=hitcount:size=2048 [active]",
            "{ bytes_req: ~ 2000-2099 } hitcount:          4  bytes_alloc (%):   5.80  bytes_req: ####                \n" +
            "{ bytes_req: ~ 500-599 } hitcount:          4  bytes_alloc (%):   1.45  bytes_req:                     ");

        Assert.Equal(new TraceHistogramRange(2000, 2099), histogram.Entries[0].Key["bytes_req"]);
        Assert.Equal([("hitcount", 4L), ("bytes_alloc.percent", 5.8), ("bytes_req.graph", "####")], histogram.Entries[0].Values.Select(v => (v.Key, v.Value)));
        Assert.Equal("", histogram.Entries[1].Values["bytes_req.graph"]);
    }

    [Fact]
    public void Hexadecimal_keys_are_numbers() =>
        Assert.Equal([0x1f8UL, 1], Entry("hist:keys=bytes_req.hex,common_cpu:vals=hitcount,bytes_req:sort=hitcount:size=2048 [active]",
            "{ bytes_req: 1f8, common_cpu:          1 } hitcount:          1  bytes_req:        504").Key.Values);

    [Theory]
    [InlineData("common_stacktrace", "{ common_stacktrace:\n         vfs_open+0x2e/0xf0\n         ovl_iterate+0x216/0x320 [overlay]\n} hitcount:        722  bytes_req:      17328")]
    [InlineData("stacktrace", "{ stacktrace:\n         vfs_open+0x2e/0xf0\n         ovl_iterate+0x216/0x320 [overlay]\n} hitcount:        722  bytes_req:      17328")]
    [InlineData("stack.stacktrace", "{ stack.stacktrace         vfs_open+0x2e/0xf0\n         ovl_iterate+0x216/0x320 [overlay]\n} hitcount:        722  bytes_req:      17328")]
    public void A_stack_is_frames(string key, string text)
    {
        HistogramEntryText entry = Entry($"hist:keys={key}:vals=hitcount,bytes_req:sort=hitcount:size=2048 [active]", text);

        var frames = Assert.IsType<TraceHistogramSymbol[]>(Assert.Single(entry.Key).Value);
        Assert.Equal([new TraceHistogramSymbol("vfs_open", null, 0x2e, null), new TraceHistogramSymbol("ovl_iterate", null, 0x216, "overlay")], frames);
        Assert.Equal([722L, 17328UL], entry.Values.Values);
    }

    [Fact]
    public void A_stack_may_have_a_number_behind_it()
    {
        HistogramText histogram = Parse("hist:keys=common_stacktrace,common_pid:vals=hitcount:sort=hitcount:size=2048 [active]",
            "{ common_stacktrace:\n         vfs_open+0x2e/0xf0\n, common_pid:        213} hitcount:       1425\n{ common_stacktrace:\n, common_pid:        214} hitcount:          1");

        Assert.Equal([213, 214], histogram.Entries.Select(e => e.Key["common_pid"]));
        Assert.Empty((TraceHistogramSymbol[])histogram.Entries[1].Key["common_stacktrace"]);
    }

    [Fact]
    public void The_greatest_value_comes_with_what_was_saved()
    {
        HistogramText histogram = Parse(
            "hist:keys=next_pid:vals=hitcount:lat=common_timestamp.usecs-$ts0:sort=hitcount:size=2048:clock=global:onmatch(sched.sched_waking).trace(wakeup_latency,$lat,next_pid,next_comm):onmax($lat).save(next_comm,prev_pid,prev_comm) if next_pid != 0 [active]",
            "{ next_pid:        169 } hitcount:          1\n\tmax:       2992  next_comm: my  prev_pid: 1                  prev_pid:          0  prev_comm: swapper/1                       \n" +
            "{ next_pid:         27 } hitcount:          1\n\tmax:        456  next_comm: ksoftirqd/1                       prev_pid:        127  prev_comm: kworker/1:2                     ");

        Assert.Equal((2992UL, null), (histogram.Entries[0].Maximum, histogram.Entries[0].Changed));
        Assert.Equal([("next_comm", "ksoftirqd/1"), ("prev_pid", 127), ("prev_comm", "kworker/1:2")], histogram.Entries[1].Saved.Select(s => (s.Key, s.Value)));
        Assert.Equal(["lat=common_timestamp.usecs-$ts0"], histogram.Info.Variables);
        Assert.Equal(["onmatch(sched.sched_waking).trace(wakeup_latency,$lat,next_pid,next_comm)", "onmax($lat).save(next_comm,prev_pid,prev_comm)"], histogram.Info.Actions);
        Assert.Equal(("global", "next_pid != 0"), (histogram.Info.Clock, histogram.Info.Filter));
    }

    [Fact]
    public void A_change_is_no_maximum()
    {
        HistogramEntryText entry = Entry("hist:keys=next_pid:vals=hitcount:lat=ret:sort=hitcount:size=2048:onchange($lat).save(prev_comm) [active]",
            "{ next_pid:        169 } hitcount:          1\n\tchanged:       2992  prev_comm: cat                             ");

        Assert.Equal((null, 2992UL), (entry.Maximum, entry.Changed));
        Assert.Equal("cat", entry.Saved["prev_comm"]);
    }

    [Fact]
    public void Several_histograms_of_an_event_are_in_one_file_and_a_snapshot_is_told_of()
    {
        IReadOnlyList<HistogramText> all = ParseAll(
            """
            # event histogram
            #
            # trigger info: hist:keys=next_pid:vals=hitcount:lat=ret:sort=hitcount:size=2048:onmax($lat).snapshot() [active]
            #

            { next_pid:        171 } hitcount:          7

            Snapshot taken (see tracing/snapshot).  Details:
            	triggering value { onmax($lat) }:      24251	triggered by event with key: { next_pid:        171 }

            Totals:
                Hits: 538
                Entries: 20
                Dropped: 0


            # event histogram
            #
            # trigger info: hist:name=foo:keys=common_timestamp.usecs:vals=hitcount:sort=hitcount:size=2048:clock=global [paused]
            #


            Totals:
                Hits: 0
                Entries: 0
                Dropped: 0
            """);

        Assert.Equal(2, all.Count);
        Assert.Equal("triggering value { onmax($lat) }: 24251 triggered by event with key: { next_pid: 171 }", all[0].Snapshot);
        Assert.Equal(("foo", true, 0), (all[1].Info.Name, all[1].Info.IsPaused, all[1].Entries.Count));
    }

    [Fact]
    public void Hit_counts_may_be_left_out() =>
        Assert.Equal([("prev_pid", 18L)], Entry("hist:keys=next_comm,prev_prio:vals=prev_pid:sort=hitcount:size=2048:nohitcount [active]",
            "{ next_comm: ksoftirqd/0                                       , prev_prio:        120 }  prev_pid:         18").Values.Select(v => (v.Key, v.Value)));

    [Fact]
    public void Totals_alone_need_no_buckets_to_be_read()
    {
        IReadOnlyList<HistogramText> read = HistogramReader.Parse(
            "# event histogram\n#\n# trigger info: hist:keys=x:vals=hitcount:sort=hitcount:size=2048 [active]\n#\n\n{ not read }\n\nTotals:\n    Hits: 5\n    Entries: 1\n    Dropped: 0", _ => null, withEntries: false);

        Assert.Equal(5, Assert.Single(read).Hits);
    }

    [Theory]
    [InlineData("# event histogram\n#\n\nTotals:\n", "the trigger is missing")]
    [InlineData("# event histogram\n# trigger info: hist:keys=a:vals=hitcount:size=1 [active]\n\nTotals:\n    Hits: x", "'Hits:' was expected")]
    [InlineData("# event histogram\n# trigger info: hist:keys=a:vals=hitcount:size=1 [active]\n\n{ b: 1 } hitcount: 1\n\nTotals:\n    Hits: 1", "is no bucket")]
    [InlineData("# event histogram\n# trigger info: hist:keys=a:vals=hitcount:size=1 [active]\n\n{ a: 1 } hitcount: 1", "was expected")]
    public void What_is_no_histogram_is_an_error_with_its_line(string text, string problem)
    {
        var error = Assert.Throws<TraceHistogramFormatException>(() => ParseAll(text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Line, 1, 8);
    }

    [Theory]
    [InlineData("hist:keys=lat.log2:vals=hitcount:sort=lat.log2:size=2048 [active]", "hist:keys=lat.log2:vals=hitcount:sort=lat:size=2048")]
    [InlineData("hist:keys=lat.buckets=50,pid:vals=hitcount,lat:sort=lat.buckets=50.descending,pid:size=2048 if a == 1 [paused]", "hist:keys=lat.buckets=50,pid:vals=hitcount,lat:sort=lat.descending,pid:size=2048 if a == 1")]
    public void The_command_that_removes_it_has_no_modifiers_to_sort_by(string line, string command) => Assert.Equal(command, HistogramTriggerInfo.Parse(line)!.Command);

    [Theory]
    [InlineData("traceoff:unlimited")]
    [InlineData("hist:keys=pid")]
    [InlineData("enable_event:sched:sched_switch:unlimited")]
    public void Other_triggers_are_none(string line) => Assert.Null(HistogramTriggerInfo.Parse(line));
}
