using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Fuzz;

/// <summary>What the kernel's files may say, mutated: the parsers return, and what they return is sound.</summary>
public class KernelFileFuzzTests
{
    private const int Runs = 100_000;

    [Fact]
    public void PmuFormatsAreParsedOrNot()
    {
        string[] seeds = ["config:0-7", "config:0-7,32-35", "config1:0-63", "config2:18", "config3:0-5,9,11,13-14\n"];
        int parsed = Each(1, seeds, static text =>
        {
            if (PmuFormat.Parse("x", text) is not { } format)
                return false;
            Assert.NotEqual(0ul, format.Mask);
            Assert.InRange(format.Field, 0, 3);
            PerfEventAttr attributes = default;
            format.Write(format.MaximumValue, ref attributes);
            Assert.Equal(format.Mask, attributes.Config | attributes.Config1 | attributes.Config2 | attributes.Config3);
            return true;
        });
        Assert.InRange(parsed, 1000, Runs - 1000);
    }

    [Fact]
    public void CpuListsAreParsedOrNot()
    {
        string[] seeds = ["0-3,8", "0", "", "0-31,64-95\n", "1,2,3,5-7"];
        int parsed = Each(2, seeds, static text =>
        {
            if (!CpuSet.TryParse(text, out CpuSet? set))
                return false;
            Assert.Equal(set, CpuSet.Parse(set.ToString()));
            return true;
        });
        Assert.InRange(parsed, 1000, Runs - 1000);
    }

    [Fact]
    public void MountLinesAreParsedOrNot()
    {
        string[] seeds =
        [
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
            @"27 23 0:24 / /sys/kernel/tracing rw - tracefs tracefs rw", @"1 2 3:4 /a\040b /c\134d rw shared:1 master:2 - cgroup2 none rw,nsdelegate",
        ];
        int parsed = Each(3, seeds, static text => MountEntry.Parse(text) is not null);
        Assert.InRange(parsed, 1000, Runs - 1000);
    }

    private static int Each(int seed, string[] seeds, Func<string, bool> parse)
    {
        var random = new Random(seed);
        int parsed = 0;
        for (int i = 0; i < Runs; i++)
        {
            string text = EventParserFuzzTests.Mutate(random, seeds);
            try
            {
                parsed += parse(text) ? 1 : 0;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"'{text}': {e}");
            }
        }
        return parsed;
    }
}
