using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Catalogue;

public class EventCatalogueTests
{
    [Theory]
    [InlineData("page-fault", "page-faults")]
    [InlineData("cylces", "cycles")]
    [InlineData("L1-dcache-laods", "L1-dcache-loads")]
    [InlineData("sched:sched_swich", "sched:sched_switch")]
    [InlineData("shced:sched_switch", "sched:sched_switch")]
    public void AWrongNameGetsTheNearestRightOnes(string wrong, string right)
    {
        var problem = Assert.Throws<UnknownEventException>(() => EventCatalogue.Default.Resolve(wrong));

        Assert.Equal(wrong, problem.EventName);
        Assert.Contains(right, problem.Suggestions);
        Assert.Contains("Did you mean", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void NothingIsNoEvent(string text) => Assert.Throws<EventSyntaxException>(() => EventCatalogue.Default.Resolve(text));

    [Theory]
    [InlineData("cycles:uu", 7)]
    [InlineData("page-faults:xyz", 12)]
    [InlineData("LLC-loads:q", 10)]
    public void WrongModifiersAreNamed(string text, int position)
    {
        var problem = Assert.Throws<EventSyntaxException>(() => EventCatalogue.Default.Resolve(text));

        Assert.Equal(position, problem.Position);
        Assert.Contains("are not modifiers", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu/umsk=1/", "umask")]
    [InlineData("cpu/mem-load/", "mem-loads")]
    [InlineData("cpux/event=1/", "cpu/…/")]
    public void AWrongTermOrPmuGetsTheNearestRightOnes(string text, string right)
    {
        var problem = Assert.Throws<UnknownEventException>(() => Repository.Catalogue("intel-skylake").Resolve(text));

        Assert.Contains(right, problem.Suggestions);
    }

    [Theory]
    [InlineData("cpu/event=0x100/", 4)]
    [InlineData("cpu/event=0x3c,umask=abc/", 15)]
    [InlineData("cpu/event=0x3c,name/", 15)]
    [InlineData("cpu/config=/", 4)]
    [InlineData("cpu/event=0x3c,call-graph=1/", 15)]
    public void AWrongValueIsPointedAt(string text, int position)
    {
        var problem = Assert.Throws<EventSyntaxException>(() => Repository.Catalogue("intel-skylake").Resolve(text));

        Assert.Equal(position, problem.Position);
    }

    [Theory]
    [InlineData("cycles/call-graph=1/")]
    [InlineData("duration_time:u")]
    [InlineData("duration_time/name=x/")]
    [InlineData("sched:sched_switch/name=x/")]
    [InlineData("mem:0x1000:rr")]
    [InlineData("page-faults:b")]
    [InlineData("{page-faults:pp,cs}:pp")]
    public void WhatCanNotBeIsASyntaxError(string text) => Assert.Throws<EventSyntaxException>(() => EventCatalogue.Default.Resolve(text));

    [Fact]
    public void WildcardsOfTracepointsAreAsManyEvents()
    {
        IReadOnlyList<PerfEventGroup> single = EventCatalogue.Default.Resolve("sched:sched_wakeup*:k");
        PerfEventGroup group = Assert.Single(EventCatalogue.Default.Resolve("{sched:sched_wakeup*}"));
        PerfEvent anywhere = Assert.Single(Assert.Single(EventCatalogue.Default.Resolve("*:sched_switch")).Events);

        Assert.Equal(["sched:sched_wakeup:k", "sched:sched_wakeup_new:k"], single.Select(static g => Assert.Single(g.Events).Name));
        Assert.All(single, static g => Assert.True(g.Events[0].Attributes.Has(PerfEventFlags.ExcludeUser)));
        Assert.Equal(2, group.Events.Count);
        Assert.Equal("sched:sched_switch", anywhere.Name);
        Assert.Throws<UnknownEventException>(() => EventCatalogue.Default.Resolve("sched:no_such_*"));
    }

    [Fact]
    public void ATracepointsIdIsTheOneOfTracefs()
    {
        PerfEvent e = PerfEvent.Parse("sched:sched_switch");

        Assert.Equal(((uint)PerfType.Tracepoint, ulong.Parse(File.ReadAllText(Path.Combine(TraceFileSystem.Require(SystemPaths.Default), "events/sched/sched_switch/id")).Trim(), System.Globalization.CultureInfo.InvariantCulture)),
            (e.Type!.Value, e.Config!.Value));
    }

    [Theory]
    [InlineData("..:..")]
    [InlineData(".:id")]
    [InlineData("..:sched")]
    public void ATracepointsNameNeverWalksTheFileSystem(string text) =>
        Assert.Throws<UnknownEventException>(() => EventCatalogue.Default.Resolve(text));

    [Fact]
    public void ATracefsWithoutEventsIsAKernelException()
    {
        using var tree = new TemporaryTree();
        var catalogue = new EventCatalogue(new SystemPaths(Tracing: tree.Root));

        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => catalogue.List([PerfEventKind.Tracepoint]).ToList()).Errno);
        Assert.Throws<UnknownEventException>(() => catalogue.Resolve("no-such-event"));
        Assert.Equal("cycles", PerfEvent.Parse("cycles").Name);
    }

    [Fact]
    public void AMachineWithoutPmusListsNone()
    {
        using var tree = new TemporaryTree();
        var catalogue = new EventCatalogue(new SystemPaths(Sys: tree.Root));

        Assert.Empty(catalogue.List([PerfEventKind.Pmu]));
        Assert.Contains("no PMU 'cpu'", Assert.Throws<UnknownEventException>(() => catalogue.Resolve("cpu/event=1/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AParameterOfAnEventIsAskedForAndFilledIn()
    {
        using var tree = new TemporaryTree()
            .With("bus/event_source/devices/hv_24x7/type", "9\n")
            .With("bus/event_source/devices/hv_24x7/format/domain", "config:0-3\n")
            .With("bus/event_source/devices/hv_24x7/format/core", "config:16-31\n")
            .With("bus/event_source/devices/hv_24x7/events/PM_CYC", "domain=2,core=?\n");
        var catalogue = new EventCatalogue(new SystemPaths(Sys: tree.Root));

        Assert.Equal(0x50002ul, catalogue.Resolve("hv_24x7/PM_CYC,core=5/")[0].Events[0].Config);
        Assert.Contains("core=", Assert.Throws<EventSyntaxException>(() => catalogue.Resolve("hv_24x7/PM_CYC/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ParseTakesOneEventOnly()
    {
        Assert.Equal("page-faults:u", PerfEvent.Parse("page-faults:u").Name);
        Assert.Throws<FormatException>(() => PerfEvent.Parse("page-faults,cs"));
        Assert.Throws<FormatException>(() => PerfEvent.Parse("{page-faults,cs}"));
    }

    [Fact]
    public void IsSupportedOpensTheEvent()
    {
        Assert.True(PerfEvent.Parse("page-faults").IsSupported);
        Assert.True(PerfEvent.Parse("sched:sched_switch").IsSupported);
        Assert.False(PerfEvent.Parse("1:999").IsSupported);
        Assert.False(EventCatalogue.Default.List([PerfEventKind.Raw]).Single().IsSupported);
    }

    [Fact]
    public void EveryListedEventOfTheKernelResolvesToItself()
    {
        PerfEventKind[] kinds = [PerfEventKind.Hardware, PerfEventKind.HardwareCache, PerfEventKind.Software, PerfEventKind.Pmu, PerfEventKind.Tracepoint];
        PerfEvent[] listed = [.. EventCatalogue.Default.List(kinds)];

        Assert.True(listed.Length > 100);
        foreach (PerfEvent e in listed)
        {
            PerfEvent found = PerfEvent.Parse(e.Name);
            Assert.True((found.Type, found.Config) == (e.Type, e.Config), e.Name);
            if (e.Alias is not null)
                Assert.Equal(e.Config, PerfEvent.Parse(e.Alias).Config);
        }
    }
}
