using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Counting;

/// <summary>The derived figures equal those that perf printed for the same counts (tests/data/arm64, a machine with a hardware PMU).</summary>
public partial class CounterMetricsTests
{
    private static readonly EventCatalogue Catalogue = new(new SystemPaths(Sys: Repository.Data("arm64/sysfs"), Tracing: Repository.Data("arm64/tracefs")));

    [Fact]
    public void FiguresAreThoseThatPerfPrinted()
    {
        string[] lines = File.ReadAllLines(Repository.Data("arm64/perf-stat.txt"));
        TimeSpan elapsed = TimeSpan.FromSeconds(double.Parse(lines.Single(static l => l.Contains("seconds time elapsed", StringComparison.Ordinal))
            .Trim().Split(' ')[0], CultureInfo.InvariantCulture));
        var counters = new List<PerfCounter>();
        var printed = new List<(PerfCounter Counter, string Figure, string Unit)>();
        foreach (Match row in lines.Select(static l => Row().Match(l)).Where(static m => m.Success))
        {
            double shown = double.Parse(row.Groups["value"].Value, CultureInfo.InvariantCulture);
            bool isClock = row.Groups["msec"].Success;
            PerfCounter counter = Counter(row.Groups["event"].Value, (long)(isClock ? shown * 1e6 : shown));
            counters.Add(counter);
            printed.Add((counter, row.Groups["figure"].Value, row.Groups["unit"].Value.Trim()));
        }
        Assert.True(counters.Count >= 13);

        CounterMetrics.Derive(counters, elapsed);

        int compared = 0;
        foreach ((PerfCounter counter, string figure, string unit) in printed)
        {
            if (figure.Length == 0)
                continue;
            compared++;
            double expected = double.Parse(figure, CultureInfo.InvariantCulture), actual = counter.MetricValue!.Value;
            double factor = unit switch { "K/sec" => 1e3, "M/sec" => 1e6, _ => 1 };
            actual /= factor;
            Assert.Equal(factor > 1 ? "/sec" : unit, counter.MetricName);
            // The clock behind the rates is itself printed with four digits.
            Assert.InRange(actual, expected * 0.999 - 0.0051, expected * 1.001 + 0.0051);
        }
        Assert.True(compared >= 12);
    }

    [Fact]
    public void RatiosTakeTheirPartnerOfTheSameLevel()
    {
        PerfCounter[] counters = [Counter("cycles:u", 1000), Counter("instructions:u", 500), Counter("cycles:k", 10), Counter("instructions:k", 30)];

        CounterMetrics.Derive(counters, TimeSpan.FromSeconds(1));

        Assert.Equal((0.5, "insn per cycle"), (counters[1].MetricValue!.Value, counters[1].MetricName));
        Assert.Equal(3.0, counters[3].MetricValue!.Value);
    }

    [Fact]
    public void MissesAreAPercentageOfTheirAccesses()
    {
        PerfCounter[] counters =
        [
            Counter("branches", 200), Counter("branch-misses", 5), Counter("cache-references", 1000), Counter("cache-misses", 100),
            Counter("L1-dcache-loads", 400), Counter("L1-dcache-load-misses", 1), Counter("dTLB-stores", 50), Counter("dTLB-store-misses", 5),
        ];

        CounterMetrics.Derive(counters, TimeSpan.FromSeconds(1));

        Assert.Equal(
            [("% of all branches", 2.5), ("% of all cache refs", 10), ("% of all L1-dcache accesses", 0.25), ("% of all dTLB cache accesses", 10)],
            counters.Where(static c => c.MetricName is not null).Select(static c => (c.MetricName!, c.MetricValue!.Value)));
        Assert.All(counters.Where(static c => c.MetricName is not null), static c => Assert.Equal("%", c.MetricUnit));
    }

    [Fact]
    public void NothingIsDividedByNothing()
    {
        PerfCounter[] counters = [Counter("cycles", 0), Counter("instructions", 5), Counter("task-clock", 0), Counter("branches", 0), Counter("branch-misses", 0)];

        CounterMetrics.Derive(counters, TimeSpan.Zero);

        Assert.All(counters, static c => Assert.Null(c.MetricValue));
    }

    private static PerfCounter Counter(string text, long value)
    {
        PerfEvent e = Catalogue.Resolve(text)[0].Events[0];
        return new PerfCounter
        {
            Event = text,
            Value = value,
            Unit = e.Unit is null ? null : "ns",
            Identity = CounterIdentity.Of(e.Attributes),
        };
    }

    //      47.24 msec task-clock      #    0.874 CPUs utilized
    [GeneratedRegex(@"^ +(?<value>[\d.]+) (?<msec>msec)? *(?<event>[\w:-]+) +(# +(?<figure>[\d.]+) *(?<unit>[^(]+?))? *$")]
    private static partial Regex Row();
}
