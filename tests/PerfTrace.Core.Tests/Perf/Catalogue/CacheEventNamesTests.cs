using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>All spellings of cache events: the three parts with every synonym that perf-list(1) and perf's parser know.</summary>
public class CacheEventNamesTests
{
    private static readonly (int Number, string[] Names)[] Caches =
    [
        (0, ["L1-dcache", "l1-d", "l1d", "L1-data"]),
        (1, ["L1-icache", "l1-i", "l1i", "L1-instruction"]),
        (2, ["LLC", "L2"]),
        (3, ["dTLB", "d-tlb", "Data-TLB"]),
        (4, ["iTLB", "i-tlb", "Instruction-TLB"]),
        (5, ["branch", "branches", "bpu", "btb", "bpc"]),
        (6, ["node"]),
    ];

    private static readonly (int Number, string[] Names)[] Operations =
    [
        (0, ["load", "loads", "read"]),
        (1, ["store", "stores", "write"]),
        (2, ["prefetch", "prefetches", "speculative-read", "speculative-load"]),
    ];

    private static readonly (int Number, string[] Names)[] Results = [(0, ["refs", "Reference", "ops", "access"]), (1, ["misses", "miss"])];

    [Fact]
    public void EverySynonymOfEveryPartMeansItsNumber()
    {
        foreach ((int cache, string cacheName) in Flat(Caches))
        {
            AssertConfig(cacheName, cache, 0, 0);
            foreach ((int operation, string operationName) in Flat(Operations))
            {
                AssertConfig($"{cacheName}-{operationName}", cache, operation, 0);
                foreach ((int result, string resultName) in Flat(Results))
                {
                    AssertConfig($"{cacheName}-{operationName}-{resultName}", cache, operation, result);
                    AssertConfig($"{cacheName}-{resultName}-{operationName}", cache, operation, result);
                    AssertConfig($"{cacheName}-{operationName}-{resultName}".ToUpperInvariant(), cache, operation, result);
                }
            }
            foreach ((int result, string resultName) in Flat(Results))
                AssertConfig($"{cacheName}-{resultName}", cache, 0, result);
        }
    }

    [Theory]
    [InlineData("L1")]
    [InlineData("L1-dcachex")]
    [InlineData("L1-dcache-")]
    [InlineData("L1-dcache-loadsx")]
    [InlineData("L1-dcache-loads-")]
    [InlineData("L1-dcache-loads-stores")]
    [InlineData("L1-dcache-misses-refs")]
    [InlineData("L1-dcache-load-misses-misses")]
    [InlineData("dTLBloads")]
    [InlineData("")]
    public void OtherNamesAreNone(string name) => Assert.Null(CacheEventNames.FindConfig(name));

    [Fact]
    public void BranchMissesIsTheGeneralisedEvent()
    {
        // "branch-misses" would parse as a cache event too; perf's keyword wins.
        PerfEvent e = Assert.Single(Assert.Single(EventCatalogue.Default.Resolve("branch-misses")).Events);

        Assert.Equal(((uint)PerfType.Hardware, 5ul), (e.Type!.Value, e.Config!.Value));
    }

    [Fact]
    public void ListedNamesMeanTheirConfig()
    {
        (string Name, ulong Config, string Description)[] listed = [.. CacheEventNames.List()];

        Assert.Equal(2 * (3 + 2 + 3 + 3 + 1 + 1 + 3), listed.Length);
        Assert.All(listed, static e => Assert.Equal(e.Config, CacheEventNames.FindConfig(e.Name)));
        Assert.Equal(listed.Length, listed.Select(static e => e.Config).Distinct().Count());
    }

    private static IEnumerable<(int Number, string Name)> Flat((int Number, string[] Names)[] table) =>
        table.SelectMany(static t => t.Names.Select(name => (t.Number, name)));

    private static void AssertConfig(string name, int cache, int operation, int result) =>
        Assert.True(CacheEventNames.FindConfig(name) == (ulong)(cache | operation << 8 | result << 16), $"{name}: {CacheEventNames.FindConfig(name):x}");
}
