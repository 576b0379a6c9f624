using PerfTrace.Perf;
using PerfTrace.Tests.Support;
namespace PerfTrace.Tests.Perf.Catalogue;
public class ZZProbe
{
    [Fact]
    public void Probe()
    {
        var v = new VendorEvents();
        Console.WriteLine("ABS " + v.Absence);
        var l = v.List().ToList();
        Console.WriteLine(string.Join("\n", l.GroupBy(e => e.Pmu).Select(g => $"{g.Key} {g.Count()} {g.First().Name} {string.Join(' ', g.Take(400).Select(e => e.Name).Where(n => n.Contains("INST_RET") || n.Contains("UNHALTED")).Take(8))}")));
        foreach (var n in new[] { "INST_RETIRED:ANY_P", "skx::INST_RETIRED:ANY_P:u", "INST_RETIRED:ANY_P:k:c=4", "ix86arch::LLC_MISSES", "LLC_MISSES", "INST_RETIRED:ANY_P:u,cs", "NO_SUCH_EVENT", "perf::CYCLES" })
        {
            try { var e = EventCatalogue.Default.Resolve(n)[0].Events[0]; Console.WriteLine($"{n}: {e.Kind} {e.Type} {e.Config:x} {e.Attributes.Flags}"); } catch (Exception x) { Console.WriteLine(n + " " + x.Message); }
        }
        int bad = 0; foreach (var e in l) { try { var c = e.Config; } catch (Exception x) { if (bad++ < 5) Console.WriteLine(e.Name + " " + x.Message); } }
        Console.WriteLine($"bad {bad} of {l.Count}");
    }
}
