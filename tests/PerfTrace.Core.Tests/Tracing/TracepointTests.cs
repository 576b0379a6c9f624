using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Trait("Machine", "Both")]
public sealed class TracepointTests
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    [Fact]
    public void Every_format_file_of_this_kernel_parses()
    {
        int count = 0;
        foreach (Tracepoint tracepoint in TracepointCatalogue.List(Top))
        {
            count++;
            Assert.Equal(tracepoint.Name, tracepoint.Format.Name);
            // Fields of a fixed size follow each other and never overlap.
            int end = 0;
            foreach (EventField field in tracepoint.CommonFields.Concat(tracepoint.Fields))
            {
                Assert.True(field.Offset >= end, $"{tracepoint}: {field} overlaps the field before it.");
                end = field.Offset + field.Size;
            }
        }
        Assert.True(count > 100, $"{count} tracepoints are listed.");
    }

    [Fact]
    public void Lists_all_that_available_events_names()
    {
        var listed = TracepointCatalogue.List(Top).Select(t => t.Event).ToHashSet();

        Assert.Superset(File.ReadLines(Path.Combine(Top.Path, "available_events")).ToHashSet(), listed);
    }

    [Fact]
    public void Enabled_filter_and_triggers_are_those_of_the_instance()
    {
        string name = $"perftrace_test_{Environment.ProcessId}";
        string path = Path.Combine(Top.Path, "instances", name);
        Directory.CreateDirectory(path);
        try
        {
            TracingDirectory instance = TracingDirectory.Open(SystemPaths.Default, name);
            Tracepoint tracepoint = TracepointCatalogue.List(instance).Single(t => t.Event == "sched:sched_process_exec");
            Assert.Equal((false, null), (tracepoint.Enabled, tracepoint.Filter));
            Assert.Empty(tracepoint.Triggers);

            string events = Path.Combine(path, "events/sched/sched_process_exec");
            File.WriteAllText(Path.Combine(events, "filter"), "pid > 1");
            File.WriteAllText(Path.Combine(events, "trigger"), "traceoff:1");
            File.WriteAllText(Path.Combine(events, "enable"), "1");

            Assert.Equal((true, "pid > 1", name), (tracepoint.Enabled, tracepoint.Filter, tracepoint.Instance));
            Assert.Equal(["traceoff:count=1"], tracepoint.Triggers);
            Assert.False(TracepointCatalogue.List(Top).Single(t => t.Event == "sched:sched_process_exec").Enabled);
        }
        finally
        {
            Directory.Delete(path);
        }
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_histogram_is_among_the_triggers()
    {
        Tracepoint tracepoint = TracepointCatalogue.List(Top).Single(t => t.Event == "sched:sched_process_exec");
        string file = Path.Combine(Top.Path, "events/sched/sched_process_exec/trigger");
        File.WriteAllText(file, "hist:keys=pid");
        try
        {
            Assert.StartsWith("hist:keys=pid:vals=hitcount:", Assert.Single(tracepoint.Triggers), StringComparison.Ordinal);
        }
        finally
        {
            File.WriteAllText(file, "!hist:keys=pid");
        }
        Assert.Empty(tracepoint.Triggers);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void A_name_that_is_none_never_reaches_tracefs(string name) =>
        Assert.Throws<TraceNameException>(() => TracingDirectory.Open(SystemPaths.Default, name));

    [Fact]
    public void An_instance_that_is_not_there_is_an_error_with_its_name()
    {
        var error = Assert.Throws<TraceInstanceNotFoundException>(() => TracingDirectory.Open(SystemPaths.Default, "no_such_instance"));

        Assert.Equal("no_such_instance", error.Instance);
    }

    [Fact]
    public void A_wrong_name_gets_the_nearest()
    {
        TracepointNotFoundException error = TracepointCatalogue.NotFound(Top, "sched:sched_swich");

        Assert.Equal("sched:sched_switch", error.Suggestions[0]);
    }
}
