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

    private static readonly Goal Quarter = new(0.25, "≤ 1/4"), Half = new(0.5, "≤ 1/2"), FiveMillion = new(200, "≤ 200 ns (5,000,000/s)"), Bounded = new(200, "≤ 200 MB");

    public string Name => "samples";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (BusyProgram.WhyNot is { } reason)
            return [Row.NotMeasured("reading samples", reason)];
        string folder = Directory.CreateTempSubdirectory("perftrace-bench-").FullName;
        try
        {
            return [.. Measure(BusyProgram.Record(folder, Recorded, Frequency), options)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Row> Measure(string recording, BenchOptions options)
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
        if (Pwsh.TryRun("report.ps1", options, out IReadOnlyList<double> shell, out string? problem, recording))
            yield return Row.Relative("Get-PerfReport in a warm pwsh (peer: perf report)", shell.Order().ElementAt(shell.Count / 2), peer.Median, "ms", Half);
        else
            yield return Row.NotMeasured("Get-PerfReport in pwsh", problem);
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
