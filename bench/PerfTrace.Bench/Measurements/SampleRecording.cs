using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>Recording every CPU at 25 kHz with call chains while all are busy: what it costs beside <c>perf record</c>, and what is lost.</summary>
internal sealed class SampleRecording : IMeasurement
{
    private const int Rounds = 5, Frequency = 25_000;
    private const double Seconds = 3;

    private static readonly Goal NoMore = new(1, "≤ 1 ×"), Nothing = new(0, "0");

    public string Name => "record";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (BusyProgram.WhyNot is { } reason)
            return [Row.NotMeasured("recording samples", reason)];
        string folder = Directory.CreateTempSubdirectory("perftrace-bench-").FullName;
        try
        {
            return [.. Measure(folder, BusyProgram.Make(folder))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Row> Measure(string folder, string program)
    {
        Process[] busy = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start(program, ["1000"]))];
        try
        {
            long lost = 0, samples = 0;
            (Samples ours, Samples peer) = Interleaved.Run(Rounds, () =>
            {
                PerfRecording recording = Record(Path.Combine(folder, "ours"));
                lost += recording.Lost;
                samples += recording.Samples;
                return recording.CpuTime.TotalMilliseconds;
            }, () => PeerTime(folder));
            string what = string.Create(CultureInfo.InvariantCulture, $"recording {Environment.ProcessorCount} CPUs at {Frequency:n0} Hz for {Seconds} s");
            yield return Row.Relative($"{what}, CPU time (peer: perf record -N -B)", ours.Median, peer.Median, "ms", NoMore);
            yield return Row.Absolute(string.Create(CultureInfo.InvariantCulture, $"lost, of {samples:n0} samples"), lost, "", Nothing);
        }
        finally
        {
            foreach (Process process in busy)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }
    }

    private static PerfRecording Record(string path)
    {
        var options = new RecordingOptions
        {
            Path = path,
            Duration = TimeSpan.FromSeconds(Seconds),
            Sampling = new SamplingOptions { Frequency = Frequency, CallStack = CallStackMode.FramePointer },
        };
        PerfRecording recording = PerfRecording.Start(EventCatalogue.Default.Resolve("cpu-clock"), new CounterTarget.Cpus(new CpuTopology(SystemPaths.Default).Online), options)!;
        recording.Wait(TimeSpan.FromMinutes(1));
        recording.Dispose();
        return recording;
    }

    // Without collecting what is recorded into perf's cache and hashing it (-N -B), which ours does not do either.
    private static double PeerTime(string folder) => Peer.CpuTime("perf", "record", "-q", "-N", "-B", "-a", "-g", "-e", "cpu-clock", "-F", BusyProgram.Text(Frequency),
        "-o", Path.Combine(folder, "theirs"), "--", "sleep", BusyProgram.Text(Seconds));
}
