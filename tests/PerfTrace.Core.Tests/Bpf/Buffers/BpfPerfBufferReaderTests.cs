using System.Runtime.InteropServices;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Buffers;

[Trait("Machine", "Both")]
public sealed class BpfPerfBufferReaderTests
{
    [Fact]
    public void Records_of_all_cpus_come_in_the_order_of_their_times()
    {
        using BpfProducer producer = BpfProducer.Perf();
        using BpfPerfBufferReader reader = BpfPerfBufferReader.Open(producer.Map);
        int[] cpus = [.. Measurement.Online];
        ulong start = (ulong)KernelClock.MonotonicNanoseconds;
        for (int i = 0; i < 200; i++)
            producer.Run(1, cpus[i % cpus.Length]);
        reader.Finish();

        List<(ulong Number, int Cpu, ulong Time)> records = Drain(reader);

        Assert.Equal(Enumerable.Range(0, 200).Select(static n => (ulong)n), records.Select(static r => r.Number));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => cpus[i % cpus.Length]), records.Select(static r => r.Cpu));
        Assert.All(records, r => Assert.InRange(r.Time, start, (ulong)KernelClock.MonotonicNanoseconds));
        Assert.Equal((200L, 0L, 0L, 0L), (reader.Summary.Records, reader.Summary.Lost, reader.Summary.OutOfOrder, reader.Summary.Undecodable));
        Assert.Equal(0UL, producer.Refused);
    }

    [Fact]
    public void What_finds_no_room_is_counted_by_cpu()
    {
        using BpfProducer producer = BpfProducer.Perf();
        using BpfPerfBufferReader reader = BpfPerfBufferReader.Open(producer.Map, 4096);
        int cpu = ((int[])[.. Measurement.Online])[0];
        producer.Run(500, cpu);
        reader.Finish();
        int taken = Drain(reader).Count;

        Assert.InRange(taken, 20, 200);
        Assert.Equal(500, taken + reader.Summary.Lost);
        Assert.Equal(cpu, Assert.Single(reader.Summary.LostPerCpu).Cpu);
        Assert.Equal(reader.Summary.Lost, (long)producer.Refused);
    }

    [Fact]
    public void A_record_comes_while_it_is_waited_for()
    {
        using BpfProducer producer = BpfProducer.Perf();
        using BpfPerfBufferReader reader = BpfPerfBufferReader.Open(producer.Map);
        producer.Run();
        BpfBufferRecord record;
        int waits = 0;
        while (!reader.TryRead(out record) && waits++ < 100)
            reader.Wait(TimeSpan.FromMilliseconds(20));

        Assert.Equal((0UL, true), (MemoryMarshal.Read<ulong>(record.Data), record.Data.Length >= 16));
    }

    [Fact]
    public void The_events_leave_the_map_with_the_reader()
    {
        using BpfProducer producer = BpfProducer.Perf(), other = BpfProducer.Ring(4096);
        Descriptors.AssertNoneLeaked(() => BpfPerfBufferReader.Open(producer.Map).Dispose());
        producer.Run();

        Assert.Equal(1UL, producer.Refused); // ENOENT: no event is there
        Assert.Throws<BpfBufferTypeException>(() => BpfPerfBufferReader.Open(other.Map));
    }

    private static List<(ulong Number, int Cpu, ulong Time)> Drain(BpfPerfBufferReader reader)
    {
        var records = new List<(ulong, int, ulong)>();
        while (reader.TryRead(out BpfBufferRecord record))
            records.Add((MemoryMarshal.Read<ulong>(record.Data), record.Cpu, record.Time));
        return records;
    }
}
