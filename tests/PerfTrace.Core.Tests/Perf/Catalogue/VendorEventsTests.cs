using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>Names of the vendors' manuals through libpfm4, which ./test.sh installs. Which PMUs there are depends on the CPU.</summary>
public class VendorEventsTests
{
    private static readonly PerfEvent[] Listed = [.. EventCatalogue.Default.List([PerfEventKind.Vendor])];

    [Fact]
    public void LibPfmIsThere() => Assert.Null(new VendorEvents().Absence);

    [Fact]
    public void ListsEventsOfThisMachinesPmus()
    {
        Assert.True(Listed.Length > 0, "libpfm4 recognises no PMU of this CPU.");
        Assert.All(Listed, static e => Assert.StartsWith(e.Pmu + "::", e.Name, StringComparison.Ordinal));
        Assert.DoesNotContain(Listed, static e => e.Pmu is "perf" or "perf_raw");
        Assert.Equal(Listed.Length, Listed.Select(static e => e.Name).Distinct().Count());
    }

    [Fact]
    public void EveryListedEventResolvesToItsEncoding()
    {
        foreach (PerfEvent e in Listed)
        {
            PerfEvent found = PerfEvent.Parse(e.Name);
            Assert.Equal((PerfEventKind.Vendor, e.Type, e.Config, e.Config1), (found.Kind, found.Type, found.Config, found.Config1));
        }
    }

    [Fact]
    public void ModifiersOfLibPfmRestrictTheLevels()
    {
        PerfEvent core = Listed.First(static e => e.Type == (uint)PerfType.Raw);

        PerfEventAttr user = PerfEvent.Parse(core.Name + ":u").Attributes, kernel = PerfEvent.Parse(core.Name + ":k").Attributes;

        Assert.Equal(core.Config, user.Config);
        Assert.True(user.Has(PerfEventFlags.ExcludeKernel) && !user.Has(PerfEventFlags.ExcludeUser));
        Assert.True(kernel.Has(PerfEventFlags.ExcludeUser) && !kernel.Has(PerfEventFlags.ExcludeKernel));
    }

    [Fact]
    public void NamesThatLibPfmDoesNotKnowAreUnknown()
    {
        Assert.Throws<UnknownEventException>(() => PerfEvent.Parse("NO_SUCH_VENDOR_EVENT"));
        Assert.Throws<UnknownEventException>(() => PerfEvent.Parse(Listed[0].Pmu + "::NO_SUCH_EVENT"));
    }

    [Fact]
    public void AGroupMayHoldVendorEvents()
    {
        PerfEvent core = Listed.First(static e => e.Type == (uint)PerfType.Raw);

        PerfEventGroup group = Assert.Single(EventCatalogue.Default.Resolve($"{{page-faults,{core.Name}}}:u"));

        Assert.Equal(core.Config, group.Events[1].Config);
        Assert.True(group.Events[1].Attributes.Has(PerfEventFlags.ExcludeKernel));
    }
}
