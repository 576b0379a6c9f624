using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Profiles;
using PerfTrace.Symbols;

namespace PerfTrace.Bench;

/// <summary>
/// A recording of 300,000 samples with call chains, of a busy C program at 25 kHz: taking its records apart, reading it with all names beside
/// <c>perf script</c>, and summing it up beside <c>perf report --stdio</c>.
/// </summary>
internal sealed class SampleReading : IMeasurement
{
    private const int Rounds = 5, WarmUps = 5, Recorded = 300_000, Frequency = 25_000;

    private const string BusySource = """
        #include <stdlib.h>
        #include <time.h>
        volatile unsigned long sink;
        __attribute__((noinline)) unsigned long leaf(unsigned long n) { unsigned long s = 0; for (unsigned long i = 0; i < n; i++) s += i * i ^ s >> 3; return s; }
        __attribute__((noinline)) unsigned long recurse(int d, unsigned long n) { if (d == 0) return leaf(n); return recurse(d - 1, n) + 1; }
        __attribute__((noinline)) unsigned long middle(int d, unsigned long n) { return recurse(d, n) + leaf(n / 2); }
        int main(int c, char **v)
        {
            double end = clock() + atof(v[1]) * CLOCKS_PER_SEC;
            for (int i = 0; clock() < end; i++) sink += middle(i % 20 + 3, 20000);
            return 0;
        }
        """;

    private static readonly Goal Quarter = new(0.25, "≤ 1/4"), Half = new(0.5, "≤ 1/2"), FiveMillion = new(200, "≤ 200 ns (5,000,000/s)"), Bounded = new(200, "≤ 200 MB");

    public string Name => "samples";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (Peer.Find("perf") is null || Peer.Find("gcc") is null)
            return [Row.NotMeasured("reading samples", "perf and gcc are needed to make a recording")];
        string folder = Directory.CreateTempSubdirectory("perftrace-bench-").FullName;
        try
        {
            string recording = Record(folder);
            return [.. Measure(recording)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Record(string folder)
    {
        string source = Path.Combine(folder, "busy.c"), program = Path.Combine(folder, "busy"), recording = Path.Combine(folder, "perf.data");
        File.WriteAllText(source, BusySource);
        _ = Peer.Capture("gcc", "-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", source, "-o", program);
        double seconds = (double)Recorded / Frequency;
        _ = Peer.Capture("perf", "record", "-q", "-N", "-g", "-e", "cpu-clock", "-F", Frequency.ToString(CultureInfo.InvariantCulture), "-o", recording, "--", program,
            seconds.ToString(CultureInfo.InvariantCulture));
        return recording;
    }

    private static IEnumerable<Row> Measure(string recording)
    {
        long records = 0;
        var raw = new Samples();
        // Compiled methods are as fast as they get after some passes.
        for (int round = 0; round < WarmUps; round++)
            _ = TakeApart(recording);
        for (int round = 0; round < Rounds; round++)
            raw.Add(Time(() => records = TakeApart(recording)) * 1e6 / records);
        yield return Row.Absolute("a record taken apart", raw.Median, "ns", FiveMillion);

        long samples = 0;
        (Samples ours, Samples script) = Interleaved.Run(Rounds, () => Time(() => samples = ReadNames(recording)), () => Peer.Time("perf", "script", "-i", recording));
        yield return Row.Relative(string.Create(CultureInfo.InvariantCulture, $"{samples:n0} samples read with all names (peer: perf script)"), ours.Median, script.Median, "ms", Quarter);

        (Samples report, Samples peer) = Interleaved.Run(Rounds, () => Time(() => Report(recording)), () => Peer.Time("perf", "report", "--stdio", "-i", recording));
        yield return Row.Relative("the same summed up by command, module and symbol (peer: perf report)", report.Median, peer.Median, "ms", Half);
        yield return Row.Absolute("memory at most, until here", Process.GetCurrentProcess().PeakWorkingSet64 / 1e6, "MB", Bounded);
    }

    private static double Time(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static long TakeApart(string recording)
    {
        using PerfDataReader reader = PerfDataReader.Open(File.OpenRead(recording));
        var events = new PerfDataEvents(reader.Attributes);
        long count = 0;
        var sample = default(PerfSampleRecord);
        while (reader.TryNext(out PerfDataRecord record))
        {
            count++;
            if (record.Type == (uint)PerfRecordType.Sample)
                events.Layout(events.IndexOf(record.Bytes)).Parse(record.Bytes, ref sample);
        }
        return count;
    }

    private static long ReadNames(string recording)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(recording), symbols);
        long named = 0;
        while (reader.TryRead(out PerfSample? sample))
        {
            foreach (Symbols.StackFrame frame in sample.CallStack!)
                named += frame.Symbol is null ? 0 : 1;
        }
        GC.KeepAlive(named);
        return reader.Samples;
    }

    private static void Report(string recording)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(recording), symbols);
        var report = new ReportBuilder([ReportKey.Of(ReportKeyKind.Command), ReportKey.Of(ReportKeyKind.Module), ReportKey.Of(ReportKeyKind.Symbol)], new SampleFilter());
        while (reader.TryRead(out PerfSample? sample))
            report.Add(sample);
        GC.KeepAlive(report.Build());
    }
}
