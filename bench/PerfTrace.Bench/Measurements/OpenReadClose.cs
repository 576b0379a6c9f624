using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>Opening, enabling, reading and closing ten counters against the same system calls alone.</summary>
internal sealed class OpenReadClose : IMeasurement
{
    private const int Rounds = 31;
    private const int CallsPerSample = 100;

    /// <summary>Long enough for the runtime to compile what is measured for good (tiered compilation).</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    private const string TenEvents =
        "cpu-clock,task-clock,page-faults,context-switches,cpu-migrations,minor-faults,major-faults,alignment-faults,emulation-faults,dummy";

    private static readonly Goal AtMostTwice = new(2, "≤ 2 ×");

    public string Name => "open";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        foreach ((string kind, string text, bool isGroup) in ((string, string, bool)[])[("single", TenEvents, false), ("grouped", $"{{{TenEvents}}}", true)])
        {
            IReadOnlyList<PerfEventGroup> groups = EventCatalogue.Default.Resolve(text);
            var raw = new RawCounters(groups.SelectMany(static g => g.Events), isGroup);
            yield return Compare($"open, enable, read, close 10 {kind}: CounterSession", () => Session(groups), raw);
            yield return Compare($"open, enable, read, close 10 {kind}: CounterSet", () => Set(groups), raw);
            yield return Row.Information($"allocated for 10 {kind}: CounterSession", $"{Allocated(() => Session(groups))} bytes", $"{Allocated(() => raw.OpenReadClose())} bytes");
            yield return Row.Information($"allocated for 10 {kind}: CounterSet", $"{Allocated(() => Set(groups))} bytes", "");
        }
    }

    private static Row Compare(string name, Action ours, RawCounters raw)
    {
        long end = Stopwatch.GetTimestamp() + (long)(WarmUp.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            ours();
            _ = raw.OpenReadClose();
        }
        (Samples mine, Samples peer) = Interleaved.Run(Rounds, () => Time(ours), () => Time(() => raw.OpenReadClose()));
        return Row.Relative(name, mine.Median, peer.Median, "µs", AtMostTwice);
    }

    private static double Time(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < CallsPerSample; i++)
            action();
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds / CallsPerSample;
    }

    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < CallsPerSample; i++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / CallsPerSample;
    }

    // What Get-PerfCounter does around a script block.
    private static void Session(IReadOnlyList<PerfEventGroup> groups)
    {
        using var session = new CounterSession(groups, new CounterTarget.CallingThread(), new CounterOptions());
        _ = session.Begin();
        _ = session.End();
    }

    private static void Set(IReadOnlyList<PerfEventGroup> groups)
    {
        using var set = new CounterSet(groups, SystemPaths.Default);
        _ = set.Open(new CounterSlot(0, -1, IsCGroup: false, Row: 0), inherit: true, enableOnExec: false);
        set.Enable();
        set.ReadInto([new CounterReading[set.Events.Count]], scaleEach: false);
    }
}
