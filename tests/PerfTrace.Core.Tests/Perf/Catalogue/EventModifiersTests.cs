using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

/// <summary>The letters of perf-list(1), "EVENT MODIFIERS": every one alone, together, and of a group on top of an event's own.</summary>
public class EventModifiersTests
{
    private const PerfEventFlags U = PerfEventFlags.ExcludeUser, K = PerfEventFlags.ExcludeKernel, Hv = PerfEventFlags.ExcludeHypervisor,
        Idle = PerfEventFlags.ExcludeIdle, Host = PerfEventFlags.ExcludeHost, Guest = PerfEventFlags.ExcludeGuest;

    public static TheoryData<string, string, ulong, int> Table => new()
    {
        { "", "", (ulong)Guest, 0 },
        { "u", "", (ulong)(K | Hv | Guest), 0 },
        { "k", "", (ulong)(U | Hv), 0 },
        { "h", "", (ulong)(U | K), 0 },
        { "uk", "", (ulong)(Hv | Guest), 0 },
        { "ku", "", (ulong)(Hv | Guest), 0 },
        { "ukh", "", (ulong)Guest, 0 },
        { "H", "", (ulong)Guest, 0 },
        { "G", "", (ulong)Host, 0 },
        { "GH", "", 0, 0 },
        { "uG", "", (ulong)(K | Hv | Host), 0 },
        { "p", "", (ulong)Guest, 1 },
        { "pp", "", (ulong)Guest, 2 },
        { "ppp", "", (ulong)Guest, 3 },
        { "Gp", "", (ulong)Host, 1 },
        { "I", "", (ulong)Idle, 0 },
        { "P", "", 0, 0 },
        { "D", "", 0, 0 },
        { "", "u", (ulong)(K | Hv | Guest), 0 },
        { "", "k", (ulong)(U | Hv | Guest), 0 },
        { "u", "k", (ulong)(Hv | Guest), 0 },
        { "k", "u", (ulong)(Hv | Guest), 0 },
        { "k", "G", (ulong)(U | Hv | Host), 0 },
        { "p", "pp", (ulong)Guest, 3 },
        { "G", "u", (ulong)(K | Hv | Host), 0 },
        { "ukh", "u", (ulong)(K | Hv | Guest), 0 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void SetsFlags(string own, string group, ulong flags, int precise)
    {
        var modifiers = new EventModifiers(default);

        Assert.Null(modifiers.ApplyOwn(own));
        Assert.Null(modifiers.Apply(group));

        Assert.Equal(precise, modifiers.Attributes.PreciseIp);
        modifiers.Attributes.PreciseIp = 0;
        Assert.Equal((PerfEventFlags)flags, modifiers.Attributes.Flags);
    }

    [Fact]
    public void LettersThatAreNoFlagsAreRemembered()
    {
        var all = new EventModifiers(default);
        var none = new EventModifiers(default);

        Assert.Null(all.ApplyOwn("PSWDe"));
        Assert.Null(none.ApplyOwn("ukhGHpI"));

        Assert.True(all is { IsPreciseMaximum: true, ReadsGroupOnSample: true, IsWeak: true, IsPinned: true, IsExclusive: true });
        Assert.True(none is { IsPreciseMaximum: false, ReadsGroupOnSample: false, IsWeak: false, IsPinned: false, IsExclusive: false });
    }

    [Theory]
    [InlineData("z")]
    [InlineData("uu")]
    [InlineData("kuk")]
    [InlineData("U")]
    [InlineData("pppp")]
    [InlineData("b")]
    public void RefusesOthers(string letters)
    {
        var modifiers = new EventModifiers(default);

        Assert.NotNull(modifiers.ApplyOwn(letters));
    }

    [Fact]
    public void PreciseOfEventAndGroupTogetherStaysWithinThree()
    {
        var modifiers = new EventModifiers(default);

        Assert.Null(modifiers.ApplyOwn("pp"));
        Assert.NotNull(modifiers.Apply("pp"));
    }

    [Fact]
    public void AGroupsModifiersAddToItsEvents()
    {
        PerfEventGroup group = Assert.Single(EventCatalogue.Default.Resolve("grp{minor-faults:u,major-faults}:k"));

        Assert.Equal("grp", group.Name);
        Assert.Equal(Hv | Guest, group.Events[0].Attributes.Flags);
        Assert.Equal(U | Hv | Guest, group.Events[1].Attributes.Flags);
    }

    [Fact]
    public void PinnedAndExclusiveOfAGroupConcernItsLeader()
    {
        PerfEventGroup group = Assert.Single(EventCatalogue.Default.Resolve("{page-faults,cs,minor-faults:D}:De"));

        Assert.Equal([true, false, true], group.Events.Select(static e => e.Attributes.Has(PerfEventFlags.Pinned)));
        Assert.Equal([true, false, false], group.Events.Select(static e => e.Attributes.Has(PerfEventFlags.Exclusive)));
    }

    [Fact]
    public void WMakesTheGroupWeak()
    {
        Assert.True(Assert.Single(EventCatalogue.Default.Resolve("{page-faults,cs}:W")).IsWeak);
        Assert.False(Assert.Single(EventCatalogue.Default.Resolve("{page-faults,cs}:D")).IsWeak);
    }
}
