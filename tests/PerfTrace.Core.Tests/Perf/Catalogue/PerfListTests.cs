using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>Every event that <c>perf list</c> names on this machine is listed here too, under that name or alias.</summary>
public class PerfListTests
{
    [Fact]
    public void EveryNameOfPerfListIsListed()
    {
        string[] names = PerfNames();
        var ours = new HashSet<string>(StringComparer.Ordinal);
        foreach (PerfEvent e in EventCatalogue.Default.List(Enum.GetValues<PerfEventKind>()))
        {
            ours.Add(e.Name);
            if (e.Alias is not null)
                ours.Add(e.Alias);
        }

        Assert.True(names.Length > 50, $"perf list printed {names.Length} names.");
        Assert.Equal([], names.Except(ours));
    }

    [Fact]
    public void EveryNameOfPerfListResolves()
    {
        // A pattern is to be filled in first.
        foreach (string name in PerfNames().Where(static n => n != "rNNN" && !n.Contains("t1=v1", StringComparison.Ordinal) && !n.Contains('<')))
            Assert.NotEmpty(EventCatalogue.Default.Resolve(name));
    }

    // "  cpu-cycles OR cycles      [Hardware event]": vendor events and metrics come from perf's own tables and stand in sections of their own.
    private static string[] PerfNames()
    {
        var names = new List<string>();
        // With a cache of its own: in the user's, perf keeps USDT probes of the files that he has profiled, and lists them. They are no events before
        // "perf probe" (here New-UProbe) makes them.
        foreach (string line in Command.Perf(["--buildid-dir", "/dev/null", "list", "--no-desc"]).Output.Split('\n'))
        {
            if (line.StartsWith("Metric", StringComparison.Ordinal))
                break;
            int bracket = line.LastIndexOf(" [", StringComparison.Ordinal);
            if (bracket > 0 && line.StartsWith("  ", StringComparison.Ordinal))
                names.AddRange(line[..bracket].Trim().Split(" OR "));
        }
        return [.. names];
    }
}
