using System.Text;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Fuzz;

/// <summary>Event strings of every kind, mutated: whatever stands there, the answer is events or one of the two exceptions.</summary>
public class EventParserFuzzTests
{
    private const int Seed = 20240611;

    private static readonly string[] Seeds =
    [
        "cycles:u", "{cycles,instructions}:S", "cpu/event=0x3c,umask=1,name='a b'/uk", "mem:0x1000/8:rwx:u", "sched:sched_switch:k", "r1a8", "0:1",
        "uncore_imc/cas_count_read/", "grp{page-faults:u,cs}:k,task-clock", "L1-dcache-load-misses:ppp", "skx::INST_RETIRED:ANY_P", "cycles/config1=1/u",
        "sched:sched_[a-z]*", "duration_time", "cpu_core/slots,umask=0x80/", "page-faults , cs",
    ];

    private const string Alphabet = "abcuxk0129fx:/,={}[]*?'\"-_ \t\0é\uD800rmeS.~%";

    [Fact]
    public void TheParserKnowsOnlyItsOwnException()
    {
        var random = new Random(Seed);
        int parsed = 0;
        for (int i = 0; i < 150_000; i++)
        {
            string text = Mutate(random, Seeds);
            try
            {
                Assert.NotEmpty(EventParser.Parse(text));
                parsed++;
            }
            catch (EventSyntaxException e)
            {
                Assert.InRange(e.Position, 0, text.Length);
            }
            catch (Exception e)
            {
                Assert.Fail($"'{text}': {e}");
            }
        }
        Assert.InRange(parsed, 10_000, 140_000);
    }

    [Fact]
    public void TheCatalogueKnowsOnlyItsTwoExceptions()
    {
        var random = new Random(Seed + 1);
        EventCatalogue[] catalogues = [Repository.Catalogue("intel-skylake"), Repository.Catalogue("intel-alderlake-hybrid"), Repository.Catalogue("amd-zen4")];
        int resolved = 0;
        for (int i = 0; i < 2_000; i++)
        {
            string text = Mutate(random, Seeds);
            try
            {
                foreach (PerfEvent e in catalogues[i % catalogues.Length].Resolve(text).SelectMany(static g => g.Events))
                    _ = e.Config;
                resolved++;
            }
            catch (Exception e) when (e is EventSyntaxException or UnknownEventException)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"'{text}': {e}");
            }
        }
        Assert.InRange(resolved, 50, 1_950);
    }

    internal static string Mutate(Random random, string[] seeds)
    {
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        for (int n = random.Next(1, 5); n > 0; n--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(5))
            {
                case 0:
                    text.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
                case 1 when at < text.Length:
                    text.Remove(at, random.Next(1, Math.Min(4, text.Length - at) + 1));
                    break;
                case 2 when at < text.Length:
                    text[at] = Alphabet[random.Next(Alphabet.Length)];
                    break;
                case 3:
                    text.Insert(at, seeds[random.Next(seeds.Length)]);
                    break;
                case 4 when at < text.Length:
                    text.Append(text.ToString(at, text.Length - at));
                    break;
            }
        }
        return text.Length > 400 ? text.ToString(0, 400) : text.ToString();
    }
}
