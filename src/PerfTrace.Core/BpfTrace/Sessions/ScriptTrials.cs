using System.Diagnostics;
using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>Runs the <c>test</c> or <c>bench</c> probes of a script, in its order, and says what came of them.</summary>
/// <param name="programs">The script's programs.</param>
/// <param name="take">What has come of a run: takes all that is there.</param>
/// <param name="stop">Ends it, between two runs.</param>
internal sealed class ScriptTrials(ScriptPrograms programs, Func<ScriptTrialOutput> take, CancellationToken stop)
{
    // The kernel's figure of a run is in whole nanoseconds: each measurement is the average over this long. The machine is noisy: the median of an odd number of them.
    private const double MeasurementNanoseconds = 10_000_000;
    private const int Measurements = 5, MostRuns = 1_000_000;

    /// <summary>Runs each test once.</summary>
    public IEnumerable<BpfTraceOutput> Test()
    {
        (ScriptProgram Plan, BpfProgram Program)[] tests = [.. programs.Of(ProbeProvider.Test)];
        var results = new List<BpfTraceTestResult>(tests.Length);
        foreach ((ScriptProgram plan, BpfProgram program) in tests)
        {
            if (stop.IsCancellationRequested)
                yield break;
            long start = Stopwatch.GetTimestamp();
            int returned = BpfTestRunner.Run(program, new BpfTestRunRequest(), stop).ReturnValue;
            TimeSpan duration = Stopwatch.GetElapsedTime(start);
            ScriptTrialOutput output = take();
            var result = new BpfTraceTestResult
            {
                Name = NameOf(plan), ReturnValue = returned, ExitStatus = output.ExitStatus, Errors = output.Errors, Output = output.Text, Duration = duration,
            };
            results.Add(result);
            BpfTraceTestResult[] all = [.. results];
            yield return new BpfTraceOutput(() => TrialText.Of(all, tests.Length), () => [result]);
            if (!result.Passed)
                yield return Failure(plan, $"the test '{result.Name}' failed: {Reason(result.ReturnValue, result.ExitStatus, result.Errors)}");
        }
    }

    /// <summary>Measures each of the benchmarks.</summary>
    public IEnumerable<BpfTraceOutput> Measure()
    {
        (ScriptProgram Plan, BpfProgram Program)[] all = [.. programs.Of(ProbeProvider.Bench)];
        string[] names = [.. all.Select(static b => NameOf(b.Plan))];
        bool isFirst = true;
        foreach ((ScriptProgram plan, BpfProgram program) in all)
        {
            if (stop.IsCancellationRequested)
                yield break;
            long start = Stopwatch.GetTimestamp();
            BpfTestRun first = BpfTestRunner.Run(program, new BpfTestRunRequest(), stop);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            ScriptTrialOutput output = take();
            if (output.ExitStatus != 0 || output.Errors.Length > 0)
            {
                yield return new BpfTraceOutput(static () => "", () => [new BpfTraceBenchmark { Name = NameOf(plan), Errors = output.Errors }]);
                yield return Failure(plan, $"the benchmark '{NameOf(plan)}' failed: {Reason(0, output.ExitStatus, output.Errors)}");
                continue;
            }
            if (first.ReturnValue != 0)
            {
                yield return new BpfTraceOutput(static () => "", () => [new BpfTraceBenchmark { Name = NameOf(plan), IsSkipped = true }]);
                continue;
            }
            // The first run is far slower than those behind it.
            long runs = RunsOf(Average(program, RunsOf(first.AverageNanoseconds ?? elapsed.TotalNanoseconds)));
            take();
            var measured = new List<double>(Measurements);
            while (measured.Count < Measurements && !stop.IsCancellationRequested)
            {
                measured.Add(Average(program, runs));
                take();
            }
            if (measured.Count < Measurements)
                yield break;
            measured.Sort();
            var result = new BpfTraceBenchmark { Name = NameOf(plan), Nanoseconds = measured[Measurements / 2], Runs = runs * Measurements };
            bool hasHead = isFirst;
            isFirst = false;
            yield return new BpfTraceOutput(() => TrialText.Of(result, names, hasHead), () => [result]);
        }
    }

    private static long RunsOf(double nanoseconds) => (long)Math.Clamp(MeasurementNanoseconds / Math.Max(1, nanoseconds), 1, MostRuns);

    // Packet programs the kernel runs and measures itself; of others it keeps statistics, the time of its clock included.
    private double Average(BpfProgram program, long runs)
    {
        if (program.Type == BpfProgramType.Xdp)
            return BpfTestRunner.Run(program, new BpfTestRunRequest { Repeat = runs }, stop).AverageNanoseconds ?? 0;
        using var meter = new BpfProgramMeter();
        meter.Add(program);
        BpfTestRunner.Run(program, new BpfTestRunRequest { Repeat = runs }, stop);
        return meter.Measure().Single().AverageNanoseconds ?? 0;
    }

    // Behind test: and bench:.
    private static string NameOf(ScriptProgram plan) => plan.Targets[0].Name[(plan.Targets[0].Name.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static string Reason(int returned, int status, string[] errors) =>
        errors.Length > 0 ? errors[0] : status != 0 ? string.Create(CultureInfo.InvariantCulture, $"exit({status})") : string.Create(CultureInfo.InvariantCulture, $"it returned {returned}");

    private static BpfTraceOutput Failure(ScriptProgram plan, string text) =>
        new(static () => "", static () => [], new ScriptDiagnostic(ScriptSeverity.Error, plan.Targets[0].Span, text));
}
