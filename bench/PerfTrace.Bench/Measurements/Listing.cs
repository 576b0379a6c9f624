using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>perf list against listing every event in a process that is already running.</summary>
internal sealed class Listing : IMeasurement
{
    private const int Rounds = 21;

    private static readonly PerfEventKind[] AllKinds = Enum.GetValues<PerfEventKind>();
    private static readonly Goal NoSlower = new(1, "≤ 1 ×");

    public string Name => "list";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (Peer.Find("perf") is not { } perf)
            return [Row.NotMeasured(Name, "there is no perf")];
        int lines = Peer.Capture(perf, "list", "--no-desc").Output.Count(static c => c == '\n');
        return
        [
            Compare("list all events", perf, ["list"], AllKinds, readConfig: false, NoSlower),
            Compare("list all events and read each Config", perf, ["list"], AllKinds, readConfig: true, null),
            Compare("list the tracepoints", perf, ["list", "tracepoint"], [PerfEventKind.Tracepoint], readConfig: false, NoSlower),
            Row.Information("events listed (perf: lines of list --no-desc)",
                List(AllKinds, readConfig: false).ToString(CultureInfo.InvariantCulture), lines.ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static Row Compare(string name, string perf, string[] arguments, PerfEventKind[] kinds, bool readConfig, Goal? goal)
    {
        // What starting any program costs here is not perf's: it is taken off, in perf's favour.
        var start = new Samples();
        (Samples ours, Samples peer) = Interleaved.Run(
            Rounds,
            () =>
            {
                start.Add(Peer.Time("/bin/true"));
                long begin = Stopwatch.GetTimestamp();
                _ = List(kinds, readConfig);
                return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            },
            () => Peer.Time(perf, arguments));
        return Row.Relative(name, ours.Median, peer.Median - start.Median, "ms", goal);
    }

    private static int List(PerfEventKind[] kinds, bool readConfig)
    {
        // A new catalogue each time: nothing is remembered of the time before.
        var catalogue = new EventCatalogue(SystemPaths.Default);
        int count = 0;
        foreach (PerfEvent e in catalogue.List(kinds))
        {
            if (readConfig)
                _ = e.Config;
            count += e.Name.Length > 0 ? 1 : 0;
        }
        return count;
    }
}
