using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class WatchPerfSampleCommandTests : CmdletFixture
{
    [Fact]
    public void A_command_s_samples_come_in_order_until_it_ends()
    {
        // As many as the kernel counts.
        Assert.InRange(Samples("Watch-PerfSample -Event page-faults -Period 1 -- true").Count, 30, 1000);
        List<PerfSample> samples = Samples("Watch-PerfSample -Event page-faults -Period 1 -CallStack FramePointer -- ls /usr");

        Assert.All(samples, static s => Assert.True(s is { EventName: "page-faults", Period: 1, ProcessId: > 0, Frame: not null, CallStack: not null, Time: not null }));
        Assert.Contains("ls", samples.Select(static s => s.CommandName));
        Assert.Equal(samples.Select(static s => s.TimestampNanoseconds).Order(), samples.Select(static s => s.TimestampNanoseconds));
        Assert.InRange((DateTimeOffset.Now - samples[^1].Time!.Value).TotalSeconds, 0, 60);
        Assert.True(samples.Count(static s => s.Symbol is not null) > samples.Count / 2);
    }

    [Fact]
    public void What_runs_on_all_CPUs_is_sampled_and_the_processes_that_were_there_have_names()
    {
        using Process busy = Process.Start("sh", ["-c", "while :; do :; done"]);
        try
        {
            List<PerfSample> samples = Samples("Watch-PerfSample -AllCpu -Event cpu-clock -Frequency 499 -Duration 0.5");

            List<PerfSample> own = [.. samples.Where(s => s.ProcessId == busy.Id)];
            Assert.True(own.Count > 20, $"{own.Count} of {samples.Count} samples");
            Assert.All(own, static s => Assert.Equal("sh", s.CommandName));
            Assert.Contains(own, static s => s.Module is "dash" or "bash" or "sh");
            Assert.True(samples.Select(static s => s.Cpu).Distinct().Count() >= Math.Min(2, Environment.ProcessorCount));
        }
        finally
        {
            busy.Kill();
        }
    }

    [Fact]
    public void A_tracepoint_s_samples_have_its_event()
    {
        PerfSample exec = Samples("Watch-PerfSample -Event sched:sched_process_exec -Period 1 -- sh -c 'exec ls /usr'").Single(static s => s.CommandName == "ls");

        Assert.EndsWith("/ls", (string)exec.TraceEvent!.GetType().GetProperty("filename")!.GetValue(exec.TraceEvent)!, StringComparison.Ordinal);
    }

    [Fact]
    public void Enough_is_enough() => Assert.Equal(3, Samples("Watch-PerfSample -Event page-faults -Period 1 -MaxEvents 3 -- ls /usr").Count);

    [Fact]
    public void The_samples_begin_after_the_delay()
    {
        long before = Stopwatch.GetTimestamp();
        List<PerfSample> samples = Samples("Watch-PerfSample -Event cpu-clock -Frequency 999 -Delay 0.4 -Duration 0.3 -- sh -c 'while :; do :; done'");

        Assert.InRange(Stopwatch.GetElapsedTime(before).TotalSeconds, 0.6, 20);
        Assert.InRange(samples.Count, 20, 400);
    }

    [Theory]
    [InlineData("Watch-PerfSample -Event no-such-event -- true", "EventNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-PerfSample -- no-such-command-x", "CommandNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-PerfSample -ProcessId 4194304", "ProcessNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-PerfSample -Event user_time -- true", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("Watch-PerfSample", "NoTarget", ErrorCategory.InvalidArgument)]
    [InlineData("Watch-PerfSample -Frequency 9 -Period 9 -- true", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) => Fail(line, id, category);

    [Fact]
    public void A_stop_ends_it_and_the_command()
    {
        Host.ObjectWritten = _ => Host.Stop();
        long before = Stopwatch.GetTimestamp();

        var result = Host.Run("Watch-PerfSample -Event cpu-clock -Frequency 999 -- sh -c 'while :; do :; done'");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(before).TotalSeconds, 0, 15);
    }

    private List<PerfSample> Samples(string line) => [.. Run(line).Objects.Select(static o => (PerfSample)o!)];
}
