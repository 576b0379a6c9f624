using PerfTrace.Events;
using PerfTrace.Events.Matching;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;
using static PerfTrace.Tests.Support.TraceReading;

namespace PerfTrace.Tests.Tracing.Reading;

/// <summary>The same records as text and as bytes.</summary>
public sealed class TraceBufferTextTests : IDisposable
{
    private readonly ScratchInstance _instance = new();

    private TracingDirectory Directory => _instance.Directory;

    public void Dispose() => _instance.Dispose();

    [Fact]
    public void What_the_text_tells_is_what_the_record_holds()
    {
        Directory.WriteText("buffer_size_kb", "8192");
        Directory.WriteText("options/hash-ptr", "0");
        Enable(Directory, "sched:sched_switch", "sched:sched_waking", "sched:sched_process_fork", "sched:sched_process_exit", "raw_syscalls:sys_enter", "syscalls:sys_enter_openat",
            "syscalls:sys_exit_openat", "syscalls:sys_enter_read", "timer:hrtimer_start", "timer:timer_start", "irq:softirq_entry", "task:task_newtask", "kmem:kmem_cache_alloc", "kmem:kfree",
            "kmem:mm_page_alloc", "writeback:writeback_dirty_inode", "block:block_rq_issue", "block:block_rq_complete", "ext4:ext4_da_write_begin", "workqueue:workqueue_queue_work");
        Mark(Directory, "begin");
        Work(100);
        string scratch = Path.Combine(Path.GetTempPath(), $"perftrace-{Environment.ProcessId}");
        using (FileStream file = File.Create(scratch))
        {
            file.Write(new byte[100_000]);
            file.Flush(flushToDisk: true);
        }
        File.Delete(scratch);
        Directory.WriteText("tracing_on", "0");

        List<TraceRecord> texts = ReadText();
        List<TraceRecord> records = Drain(Directory).Records;

        Assert.Equal(records.Count, texts.Count);
        Assert.True(records.Count > 3_000, $"{records.Count} records");
        int known = 0, unknown = 0, typed = 0;
        for (int i = 0; i < records.Count; i++)
        {
            Assert.Equal(records[i].Message, texts[i].Message);
            Assert.Equal((records[i].EventName, records[i].Cpu, records[i].ThreadId), (texts[i].EventName, texts[i].Cpu, texts[i].ThreadId));
            if (texts[i] is not TraceEventText text)
                continue;
            typed++;
            foreach (EventProperty property in text.EventSchema.Properties)
            {
                object? told = text.GetType().GetProperty(property.Name)!.GetValue(text);
                if (told is null)
                {
                    unknown++;
                    continue;
                }
                known++;
                Assert.Equal(records[i].GetType().GetProperty(property.Name)!.GetValue(records[i]), told);
            }
        }
        Assert.True(typed > 0.99 * (records.Count - 1), $"{typed} of {records.Count} are events");
        Assert.True(known > unknown, $"{known} values are told, {unknown} are not");
        TestContext.Current.TestOutputHelper?.WriteLine($"{typed} events of {records.Select(static r => r.EventName).Distinct().Count()} kinds, {known} values told, {unknown} not");
    }

    [Fact]
    public void Reading_leaves_all_where_it_is()
    {
        Mark(Directory, "a", "b", "c");
        for (int i = 0; i < 2; i++)
            Assert.Equal(["a", "b", "c"], ReadText().Cast<TraceMarker>().Select(static m => m.Text));
        Assert.Equal(3, Drain(Directory).Records.Count);
        Assert.Empty(ReadText());
    }

    [Theory]
    [InlineData("latency-format")]
    [InlineData("record-tgid")]
    [InlineData("irq-info")]
    public void Options_of_the_file_do_not_matter(string option)
    {
        Directory.WriteText($"options/{option}", option == "irq-info" ? "0" : "1");
        Enable(Directory, "sched:sched_switch");
        Mark(Directory, "with options");
        Work();
        Directory.WriteText("tracing_on", "0");
        List<TraceRecord> texts = ReadText(), records = Drain(Directory).Records;
        Assert.True(records.Count > 20);
        Assert.Equal(records.Select(static r => (r.Cpu, r.ThreadId, r.EventName, r.Message)), texts.Select(static r => (r.Cpu, r.ThreadId, r.EventName, r.Message)));
        Assert.Equal(option == "latency-format", texts[0].Timestamp is null);
        if (option == "record-tgid")
            Assert.Equal(Environment.ProcessId, texts.OfType<TraceMarker>().Single().ProcessId);
    }

    [Fact]
    public void Counters_are_no_times()
    {
        Directory.WriteText("trace_clock", "counter");
        Mark(Directory, "x", "y");
        List<TraceRecord> texts = ReadText();
        Assert.All(texts, static r => Assert.Null(r.Timestamp));
        Assert.Equal(texts[0].TimestampNanoseconds + 1, texts[1].TimestampNanoseconds);
    }

    private List<TraceRecord> ReadText()
    {
        using TraceBufferText text = TraceBufferText.Open(Directory);
        var records = new List<TraceRecord>();
        while (text.TryRead(out TraceRecord? record))
            records.Add(record);
        return records;
    }
}
