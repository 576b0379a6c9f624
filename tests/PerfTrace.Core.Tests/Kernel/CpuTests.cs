using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public class CpuTests
{
    [Theory]
    [InlineData("0", "0", 1)]
    [InlineData("0-3,8,10-11\n", "0-3,8,10-11", 7)]
    [InlineData("3,1,2,0", "0-3", 4)]
    [InlineData("1,1,1-1", "1", 1)]
    [InlineData("0-1,3-4", "0-1,3-4", 4)]
    [InlineData("0,2,4", "0,2,4", 3)]
    [InlineData("", "", 0)]
    [InlineData("\n", "", 0)]
    [InlineData("65535", "65535", 1)]
    public void ListsRoundTrip(string text, string canonical, int count)
    {
        CpuSet set = CpuSet.Parse(text);

        Assert.Equal((canonical, count), (set.ToString(), set.Count));
        Assert.Equal(set, CpuSet.Parse(set.ToString()));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("3-1")]
    [InlineData("1,,2")]
    [InlineData("1,")]
    [InlineData("0-65536")]
    [InlineData("99999999999")]
    [InlineData("1 2")]
    [InlineData("0x1")]
    [InlineData("0-0-0")]
    public void RefusesWhatIsNoList(string text)
    {
        Assert.False(CpuSet.TryParse(text, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => CpuSet.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetsKnowTheirMembers()
    {
        CpuSet set = CpuSet.Parse("0-3,8");

        Assert.Equal([0, 1, 2, 3, 8], set);
        Assert.Equal(8, set[4]);
        Assert.True(set.Contains(8) && !set.Contains(4));
        Assert.Equal("2-3,8", set.Intersect(CpuSet.Parse("2-8")).ToString());
    }

    [Fact]
    public void TheTopologyIsReadFromSysfs()
    {
        using var tree = new TemporaryTree().With("devices/system/cpu/online", "0-2\n").With("devices/system/cpu/possible", "0-7\n");
        for (int cpu = 0; cpu < 3; cpu++)
        {
            tree.With($"devices/system/cpu/cpu{cpu}/topology/physical_package_id", $"{cpu / 2}\n").With($"devices/system/cpu/cpu{cpu}/topology/core_id", $"{cpu % 2 * 4}\n");
        }
        tree.With("devices/system/cpu/cpu2/topology/die_id", "1\n");
        var topology = new CpuTopology(new SystemPaths(Sys: tree.Root));

        Assert.Equal(("0-2", "0-7"), (topology.Online.ToString(), topology.Possible.ToString()));
        Assert.Equal([(0, 0, 0), (0, 4, 0), (1, 0, 1), (-1, -1, 0)], Enumerable.Range(0, 4).Select(cpu => (topology.SocketOf(cpu), topology.CoreOf(cpu), topology.DieOf(cpu))));
    }

    [Fact]
    public void ThisMachinesTopologyAgreesWithTheRuntime()
    {
        var topology = new CpuTopology(SystemPaths.Default);

        Assert.Equal(File.ReadAllText("/sys/devices/system/cpu/online").Trim(), topology.Online.ToString());
        Assert.Equal(topology.Online, topology.Online.Intersect(topology.Possible));
    }
}
