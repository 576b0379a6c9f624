using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class GetPerfEventCommandTests
{
    private readonly HostSession _host = new();

    private List<PerfEvent> Events(string line)
    {
        HostResult result = _host.Run(line);
        Assert.Equal("", result.StdErr);
        return [.. result.Objects.Cast<PerfEvent>()];
    }

    [Fact]
    public void Lists_every_kind()
    {
        HashSet<PerfEventKind> kinds = [.. Events("Get-PerfEvent").Select(e => e.Kind)];

        Assert.Superset(new HashSet<PerfEventKind>
        {
            PerfEventKind.Hardware, PerfEventKind.HardwareCache, PerfEventKind.Software, PerfEventKind.Tool, PerfEventKind.Tracepoint,
            PerfEventKind.Breakpoint, PerfEventKind.Raw, PerfEventKind.PmuTerm,
        }, kinds);
    }

    [Theory]
    [InlineData("Get-PerfEvent sched:sched_switch", "sched:sched_switch")]
    [InlineData("Get-PerfEvent faults", "page-faults")]
    [InlineData("Get-PerfEvent PAGE-FAULTS", "page-faults")]
    [InlineData("Get-PerfEvent rNNN", "rNNN")]
    [InlineData("Get-PerfEvent 'mem:<addr>[/len][:access]'", "mem:<addr>[/len][:access]")]
    public void A_name_gives_its_event(string line, string name) => Assert.Equal(name, Assert.Single(Events(line)).Name);

    [Fact]
    public void A_wildcard_gives_all_that_match()
    {
        List<PerfEvent> events = Events("Get-PerfEvent sched:sched_*");

        Assert.True(events.Count > 5);
        Assert.All(events, e => Assert.StartsWith("sched:sched_", e.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wildcard_that_matches_nothing_is_no_error() => Assert.Empty(Events("Get-PerfEvent nosuch*"));

    [Fact]
    public void An_event_string_is_resolved()
    {
        PerfEvent e = Assert.Single(Events("Get-PerfEvent r1a8:u"));

        Assert.Equal((PerfEventKind.Raw, 4u, 0x1a8ul), (e.Kind, e.Type!.Value, e.Config!.Value));
    }

    [Fact]
    public void Kind_filters() => Assert.All(Events("Get-PerfEvent -Kind Software,Tool"), e => Assert.True(e.Kind is PerfEventKind.Software or PerfEventKind.Tool));

    [Fact]
    public void Pmu_filters() => Assert.All(Events("Get-PerfEvent -Pmu ms*"), e => Assert.Equal("msr", e.Pmu));

    [Fact]
    public void A_pmu_that_is_not_there_is_an_error_and_the_others_filter()
    {
        HostResult result = _host.Run("Get-PerfEvent -Pmu nosuch,msr");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("PmuNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal((ErrorCategory.ObjectNotFound, "nosuch"), (error.CategoryInfo.Category, error.TargetObject));
        Assert.All(result.Objects, static o => Assert.Equal("msr", Assert.IsType<PerfEvent>(o).Pmu));
    }

    [Fact]
    public void Supported_opens_the_events()
    {
        List<PerfEvent> events = Events("Get-PerfEvent -Kind Software -Supported");

        Assert.Contains(events, e => e.Name == "page-faults");
        Assert.All(events, e => Assert.True(e.IsSupported));
    }

    [Fact]
    public void One_wrong_name_is_an_error_and_the_others_come()
    {
        HostResult result = _host.Run("Get-PerfEvent cyles,page-faults");

        Assert.Equal(1, result.ExitCode);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("EventNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("cycles", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("page-faults", Assert.IsType<PerfEvent>(Assert.Single(result.Objects)).Name);
    }

    [Fact]
    public void A_stop_ends_the_list()
    {
        _host.ObjectWritten = _ => _host.Stop();

        HostResult result = _host.Run("Get-PerfEvent");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(result.Objects.Count, 1, 5);
    }
}
