using System.Diagnostics;
using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Bench;

/// <summary>
/// Records of 64 bytes out of a BPF ring buffer: how fast a full one is emptied in the core, as bytes in place and as objects of a type; in pwsh; and a minute at full rate, what is lost of
/// it and what becomes of the memory.
/// </summary>
internal sealed class RingBufferFlood : IMeasurement
{
    private const int Rounds = 15, RecordSize = 64, BufferSize = 16 << 20;
    private const int Fit = BufferSize / (RecordSize + 8);

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public string Name => "ring";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        using (BpfProducer producer = BpfProducer.Ring(BufferSize, RecordSize, wakes: false))
        {
            using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map, producer.LossCounter);
            BtfValueReader values = BtfValueReader.For(Sample());
            Samples inPlace = new(), objects = new();
            for (int i = -2; i < Rounds; i++)
            {
                double bytes = Drain(producer, reader, null), made = Drain(producer, reader, values);
                if (i < 0)
                    continue; // pays for compiling
                inPlace.Add(bytes);
                objects.Add(made);
            }
            yield return Row.Absolute("a record of 64 bytes out of a full ring buffer, in place", inPlace.Median, "ns", new Goal(1e9 / 3e6, "≤ 333 ns"));
            yield return Row.Absolute("the same, as an object of its type", objects.Median, "ns", new Goal(1e9 / 3e5, "≤ 3.33 µs"));
        }
        foreach (Row row in Shell(options))
            yield return row;
        foreach (Row row in LongRun())
            yield return row;
    }

    // Eight numbers of 8 bytes.
    private static BtfType Sample()
    {
        // 1: unsigned long, 2: struct sample { u64 a, b, c, d, e, f, g, h; } (Documentation/bpf/btf.rst)
        const int Members = 8;
        byte[] strings = [.. "\0unsigned long\0sample\0a\0b\0c\0d\0e\0f\0g\0h\0"u8];
        uint[] words = [1, (uint)BtfKind.Integer << 24, 8, 64, 15, ((uint)BtfKind.Struct << 24) | Members, RecordSize,
            .. Enumerable.Range(0, Members).SelectMany(static i => new[] { 22 + (2 * (uint)i), 1U, 64 * (uint)i })];
        byte[] types = [.. words.SelectMany(BitConverter.GetBytes)];
        byte[] all = [0x9f, 0xeb, 1, 0, .. Word(24), .. Word(0), .. Word(types.Length), .. Word(types.Length), .. Word(strings.Length), .. types, .. strings];
        return BtfTypes.Parse(all, "bench").Find("sample")!;

        static byte[] Word(int value) => BitConverter.GetBytes(value);
    }

    private static double Drain(BpfProducer producer, BpfRingBufferReader reader, BtfValueReader? values)
    {
        producer.Run(Fit);
        int count = 0;
        long sum = 0;
        long begin = Stopwatch.GetTimestamp();
        while (reader.TryRead(out BpfBufferRecord record))
        {
            if (values is null)
                sum += record.Data[0];
            else
                GC.KeepAlive(values.Read(record.Data));
            count++;
        }
        double nanoseconds = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
        GC.KeepAlive(sum);
        return count > Fit / 2 ? nanoseconds / count : throw new InvalidOperationException($"{count} of {Fit} records came.");
    }

    private static IEnumerable<Row> Shell(BenchOptions options)
    {
        const int Large = 256 << 20;
        const int Count = 3_000_000;
        using BpfProducer producer = BpfProducer.Ring(Large, RecordSize, name: "bench_ring", wakes: false);
        producer.Run(Count);
        if (Pwsh.TryRun("ring.ps1", options, out IReadOnlyList<double> f, out string? problem, producer.Map.Id.ToString(CultureInfo.InvariantCulture)))
            yield return Row.Absolute("a record out of Watch-BpfRingBuffer | Out-Null, as an object of its type", f[0] * 1e9, "ns", new Goal(1e9 / 3e5, "≤ 3.33 µs"));
        else
            yield return Row.NotMeasured("Watch-BpfRingBuffer in pwsh", problem);
    }

    private static IEnumerable<Row> LongRun()
    {
        using BpfProducer producer = BpfProducer.Ring(BufferSize, RecordSize);
        using BpfRingBufferReader reader = BpfRingBufferReader.Open(producer.Map, producer.LossCounter);
        bool isOver = false;
        long written = 0;
        var writer = new Thread(() =>
        {
            const int Piece = 100_000;
            while (!Volatile.Read(ref isOver))
            {
                producer.Run(Piece);
                written += Piece;
            }
        });
        writer.Start();
        BtfValueReader values = BtfValueReader.For(Sample());
        long begin = Stopwatch.GetTimestamp(), early = 0, late = 0;
        while (Stopwatch.GetElapsedTime(begin) < Long)
        {
            for (int i = 0; i < 1000 && reader.TryRead(out BpfBufferRecord record); i++)
                GC.KeepAlive(values.Read(record.Data));
            if (early == 0 && Stopwatch.GetElapsedTime(begin) > Long / 6)
                early = Environment.WorkingSet;
            reader.Wait(TimeSpan.Zero);
        }
        late = Environment.WorkingSet;
        Volatile.Write(ref isOver, true);
        writer.Join();
        while (reader.TryRead(out _))
        {
            // What is left.
        }
        reader.Finish();
        BpfBufferSummary summary = reader.Summary;
        yield return Row.Information("records a second in 60 s at full rate, as objects, with the program that writes them", Figures.Text(summary.Records / Long.TotalSeconds, ""), "");
        yield return Row.Absolute("records of these that are neither taken nor counted as lost", Math.Abs(written - summary.Records - summary.Lost!.Value), "", new Goal(0, "0"));
        yield return Row.Information("lost of these", $"{summary.Lost} of {written}", "");
        yield return Row.Absolute("growth of the memory from the 10th second to the 60th", Math.Max(0, (late - early) / 1048576.0), "MiB", new Goal(16, "≤ 16 MiB"));
    }
}
