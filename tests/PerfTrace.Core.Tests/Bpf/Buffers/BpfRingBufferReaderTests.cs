using System.Diagnostics;
using System.Runtime.InteropServices;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Buffers;

[Trait("Machine", "Both")]
public sealed class BpfRingBufferReaderTests
{
    [Fact]
    public void Records_come_in_place_and_in_order()
    {
        using BpfProducer producer = BpfProducer.Ring(64 << 10);
        using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map);
        Assert.False(reader.TryRead(out _));
        for (int round = 0; round < 20; round++)
        {
            producer.Run(500); // round and round: the buffer has room for 910
            List<ulong> numbers = Drain(reader, 64);
            Assert.Equal(Enumerable.Range(500 * round, 500).Select(static n => (ulong)n), numbers);
        }
        BpfBufferSummary summary = reader.Summary;
        Assert.Equal((10_000L, 640_000L, 0L, false, 65536L), (summary.Records, summary.Bytes, summary.Lost, summary.IsLossPossible, summary.BufferSize));
        Assert.InRange(summary.PeakBytes!.Value, 500 * 72, (500 * 72) + 100);
    }

    [Fact]
    public void Records_that_were_taken_back_are_left_out_and_counted()
    {
        using BpfProducer producer = BpfProducer.Ring(64 << 10, recordSize: 24, discardEvery: 3);
        using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map);
        producer.Run(300);

        Assert.Equal(Enumerable.Range(0, 300).Where(static n => n % 3 != 0).Select(static n => (ulong)n), Drain(reader, 24));
        Assert.Equal((200L, 100L), (reader.Summary.Records, reader.Summary.Discarded));
    }

    [Fact]
    public void What_finds_no_room_is_counted_by_the_program()
    {
        using BpfProducer producer = BpfProducer.Ring(4096);
        using BpfRingBufferReader counting = BpfRingBufferReader.Open(producer.Map, producer.LossCounter);
        producer.Run(1000);
        int taken = Drain(counting, 64).Count;
        counting.Finish();

        Assert.Equal(1000, taken + (long)producer.Refused);
        Assert.InRange((long)producer.Refused, 900, 999);
        Assert.Equal((long)producer.Refused, counting.Summary.Lost);
        Assert.True(counting.Summary.IsLossPossible);
    }

    [Fact]
    public void Without_a_counter_it_is_told_whether_anything_can_be_lost()
    {
        using BpfProducer producer = BpfProducer.Ring(4096);
        using (BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map))
        {
            producer.Run(20);
            Drain(reader, 64);
            Assert.Equal((0L, false), (reader.Summary.Lost, reader.Summary.IsLossPossible));
            producer.Run(1000);
            Drain(reader, 64);
            Assert.Equal((null, true), (reader.Summary.Lost, reader.Summary.IsLossPossible));
        }
        // What was there before belongs to it as well.
        producer.Run(1000);
        using BpfRingBufferReader late = BpfRingBufferReader.Open(producer.Map);
        Drain(late, 64);
        Assert.True(late.Summary.IsLossPossible);
    }

    [Fact]
    public void Two_readers_are_told_of_each_other()
    {
        using BpfProducer producer = BpfProducer.Ring(4096);
        using BpfRingBufferReader first = BpfRingBufferReader.Open(producer.Map), second = BpfRingBufferReader.Open(producer.Map);
        producer.Run(10);
        Assert.Equal(10, Drain(first, 64).Count);
        producer.Run(10);

        Assert.Throws<BpfBufferBusyException>(() =>
        {
            Drain(second, 64);
            producer.Run(1);
            Drain(second, 64);
        });
    }

    [Fact]
    public void A_wait_ends_with_a_record_with_its_time_and_with_a_stop()
    {
        using BpfProducer producer = BpfProducer.Ring(4096);
        using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map);
        long start = Stopwatch.GetTimestamp();
        Assert.False(reader.Wait(TimeSpan.FromMilliseconds(50)));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 45, 2000);

        using var later = new Timer(_ => producer.Run(), null, 50, Timeout.Infinite);
        Assert.True(reader.Wait(TimeSpan.FromSeconds(10)));
        Assert.Single(Drain(reader, 64));
        // After that it waits again.
        Assert.False(reader.Wait(TimeSpan.FromMilliseconds(20)));

        using var stopper = new Timer(_ => reader.Stop(), null, 50, Timeout.Infinite);
        start = Stopwatch.GetTimestamp();
        Assert.False(reader.Wait(null));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 1500);
        Assert.True(reader.IsStopped);
    }

    [Fact]
    public void Nothing_is_lost_and_nothing_doubled_while_it_is_written()
    {
        const int Count = 400_000;
        using BpfProducer producer = BpfProducer.Ring(256 << 10, recordSize: 16);
        using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map, producer.LossCounter);
        var writer = new Thread(() => producer.Run(Count));
        writer.Start();
        ulong next = 0;
        long read = 0;
        while (read + (long)producer.Refused < Count && reader.Wait(TimeSpan.FromSeconds(5)))
        {
            while (reader.TryRead(out BpfBufferRecord record))
            {
                // Numbers are taken only by records that found room.
                Assert.Equal(next++, MemoryMarshal.Read<ulong>(record.Data));
                Assert.Equal(16, record.Data.Length);
                read++;
            }
        }
        writer.Join();
        Assert.Equal(Count, read + (long)producer.Refused);
        Assert.Equal((read, (long)producer.Refused), (reader.Summary.Records, reader.Summary.Lost));
    }

    [Fact]
    public void Other_maps_are_refused_and_descriptors_are_given_back()
    {
        using BpfProducer producer = BpfProducer.Ring(4096), perf = BpfProducer.Perf();
        Assert.Contains("perf_event_array", Assert.Throws<BpfBufferTypeException>(() => BpfRingBufferReader.Open(perf.Map)).Message, StringComparison.Ordinal);
        Assert.Throws<BpfLossCounterException>(() => BpfRingBufferReader.Open(producer.Map, producer.Map));
        Assert.Throws<BpfLossCounterException>(() => BpfRingBufferReader.Open(producer.Map, producer.LossCounter, 5));
        BpfRingBufferReader.Open(producer.Map).Dispose();
        Descriptors.AssertNoneLeaked(() => BpfRingBufferReader.Open(producer.Map, producer.LossCounter).Dispose());
    }

    [Fact]
    public void A_map_that_is_frozen_or_read_only_is_told()
    {
        using FileDescriptor map = BpfCounter.CreateMap(BpfMapType.RingBuffer, 0, 0, 4096, "test_frozen");
        Freeze(map);

        KernelAccessException e = Assert.ThrowsAny<KernelAccessException>(() => BpfRingBufferReader.Open(BpfMap.Of(map)));

        Assert.Contains("frozen", e.Message, StringComparison.Ordinal);
    }

    private static unsafe void Freeze(FileDescriptor map)
    {
        int number = map.Number;
        PerfTrace.Kernel.BpfCalls.Call(BpfCommand.MapFreeze, &number, sizeof(int), "test");
    }

    private static List<ulong> Drain(BpfRingBufferReader reader, int size)
    {
        var numbers = new List<ulong>();
        while (reader.TryRead(out BpfBufferRecord record))
        {
            Assert.Equal((size, -1, 0UL), (record.Data.Length, record.Cpu, record.Time));
            numbers.Add(MemoryMarshal.Read<ulong>(record.Data));
        }
        return numbers;
    }
}
