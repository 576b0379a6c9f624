using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.InteropServices;
using PerfTrace.Bpf;
using PerfTrace.Host;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf;

[Collection(CmdletCollection.Name)]
public sealed class WatchBpfBufferCommandTests : CmdletFixture
{
    [Fact]
    public void Records_of_a_ring_buffer_are_bytes_without_a_type()
    {
        using BpfProducer producer = BpfProducer.Ring(4096, recordSize: 24, name: "cmd_ring_bytes");
        producer.Run(3);

        byte[][] records = [.. Run($"Watch-BpfRingBuffer {producer.Map.Id} -Duration 0.1").Objects.Cast<byte[]>()];

        Assert.Equal([0UL, 1UL, 2UL], records.Select(static r => MemoryMarshal.Read<ulong>(r)));
        Assert.All(records, static r => Assert.Equal(24, r.Length));
    }

    [Fact]
    public void Records_of_a_type_are_objects()
    {
        using BpfProducer producer = BpfProducer.Ring(4096, recordSize: 16, name: "cmd_ring_type");
        producer.Run(5);

        // struct { s64 tv_sec; long tv_nsec; }
        IReadOnlyList<object?> records = Run("Watch-BpfRingBuffer cmd_ring_type timespec64 -MaxEvents 5").Objects;

        Assert.Equal([0L, 1L, 2L, 3L, 4L], records.Select(static r => (long)r!.GetType().GetProperty("tv_sec")!.GetValue(r)!));
        Assert.All(records, static r => Assert.Equal(8L, r!.GetType().GetProperty("tv_nsec")!.GetValue(r)));
        producer.Run(2);
        Assert.Equal([5UL, 6UL], Run("Watch-BpfRingBuffer cmd_ring_type u64 -MaxEvents 2").Objects);
    }

    [Fact]
    public void Losses_are_told()
    {
        using BpfProducer producer = BpfProducer.Ring(4096, name: "cmd_ring_loss");
        producer.Run(1000);
        HostResult unknown = Host.Run("Watch-BpfRingBuffer cmd_ring_loss -Duration 0.05");
        Assert.Contains("may have been lost", unknown.StdErr, StringComparison.Ordinal);
        producer.Run(1000); // the reader before has emptied it
        using var later = new Timer(_ => producer.Run(1000), null, 50, Timeout.Infinite);

        HostResult counted = Host.Run($"Watch-BpfRingBuffer cmd_ring_loss -LostMap {producer.LossCounter.Id} -Duration 0.5");

        Assert.Matches(@"\d+ records were lost", counted.StdErr);
        Assert.Equal(0, counted.ExitCode);
    }

    [Fact]
    public void Records_that_are_too_short_for_the_type_are_left_out_and_told()
    {
        using BpfProducer producer = BpfProducer.Ring(4096, recordSize: 8, name: "cmd_ring_short");
        producer.Run(3);

        HostResult result = Host.Run("Watch-BpfRingBuffer cmd_ring_short timespec64 -Duration 0.05");

        Assert.Empty(result.Objects);
        Assert.Contains("3 records are shorter than a struct timespec64 (16 bytes)", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void Perf_buffers_tell_time_and_cpu()
    {
        using BpfProducer producer = BpfProducer.Perf("cmd_perf");
        // What is written before the watch has begun finds no event in the map.
        using var writer = new Timer(_ => producer.Run(), null, 0, 50);

        BpfPerfRecord[] records = [.. Run("Watch-BpfPerfBuffer cmd_perf timespec64 -MaxEvents 3 -Duration 30").Objects.Cast<BpfPerfRecord>()];

        long[] numbers = [.. records.Select(static r => (long)r.Value!.GetType().GetProperty("tv_sec")!.GetValue(r.Value)!)];
        Assert.Equal([numbers[0], numbers[0] + 1, numbers[0] + 2], numbers);
        Assert.All(records, static r => Assert.InRange(r.Timestamp, DateTimeOffset.Now.AddMinutes(-1), DateTimeOffset.Now.AddMinutes(1)));
        Assert.All(records, static r => Assert.InRange(r.Cpu, 0, Environment.ProcessorCount - 1));
    }

    [Theory]
    [InlineData("Watch-BpfRingBuffer")]
    [InlineData("Watch-BpfPerfBuffer")]
    public void A_stop_ends_a_watch_at_once(string cmdlet)
    {
        using BpfProducer producer = cmdlet == "Watch-BpfRingBuffer" ? BpfProducer.Ring(4096) : BpfProducer.Perf();
        long stopped = 0;
        using var stopper = new Timer(_ =>
        {
            stopped = Stopwatch.GetTimestamp();
            Host.Stop();
        }, null, 400, Timeout.Infinite);

        HostResult result = Host.Run($"{cmdlet} {producer.Map.Id}");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(stopped).TotalMilliseconds, 0, 1000);
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        using BpfProducer ring = BpfProducer.Ring(4096, name: "cmd_ring_wrong"), perf = BpfProducer.Perf("cmd_perf_wrong"), second = BpfProducer.Ring(4096, name: "cmd_ring_wrong");
        Fail($"Watch-BpfRingBuffer {perf.Map.Id}", "NotABuffer", ErrorCategory.InvalidType);
        Fail($"Watch-BpfPerfBuffer {ring.Map.Id}", "NotABuffer", ErrorCategory.InvalidType);
        Fail("Watch-BpfRingBuffer 4000000000", "BpfObjectGone", ErrorCategory.ObjectNotFound);
        Fail("Watch-BpfRingBuffer cmd_no_such_ring", "BpfObjectNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Watch-BpfRingBuffer {ring.Map.Id} -Type perftrace_no_such_type", "TypeNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Watch-BpfRingBuffer {ring.Map.Id} -Type schedule", "TypeValue", ErrorCategory.InvalidArgument);
        Fail($"Watch-BpfRingBuffer {ring.Map.Id} -LostMap {ring.Map.Id}", "NotACounter", ErrorCategory.InvalidType);
        HostResult several = Host.Run("Watch-BpfRingBuffer cmd_ring_wr*");
        Assert.StartsWith("AmbiguousMap,", Assert.Single(several.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
