using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class GetTracepointCommandTests : CmdletFixture
{
    [Fact]
    [Trait("Machine", "Both")]
    public void A_tracepoint_has_its_fields()
    {
        Tracepoint tracepoint = Assert.IsType<Tracepoint>(Assert.Single(Host.Run("Get-Tracepoint sched:sched_switch").Objects));

        Assert.Equal(("sched", "sched_switch"), (tracepoint.System, tracepoint.Name));
        Assert.Contains(tracepoint.Fields, f => f.Name == "prev_comm" && f.Type == typeof(string));
        Assert.True(tracepoint.Id > 0);
    }

    [Theory]
    [InlineData("Get-Tracepoint sched")]
    [InlineData("Get-Tracepoint sched:*")]
    [InlineData("Get-PerfEvent sched:* | Get-Tracepoint")]
    public void A_system_a_wildcard_and_the_pipeline_give_the_same(string line)
    {
        HostResult result = Host.Run(line);

        Assert.Equal("", result.StdErr);
        Assert.True(result.Objects.Count > 10);
        Assert.All(result.Objects, o => Assert.Equal("sched", Assert.IsType<Tracepoint>(o).System));
    }

    [Theory]
    [InlineData("Get-Tracepoint sched:sched_swich", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-Tracepoint sched_switch -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-Tracepoint sched_switch -Instance a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) =>
        Fail(line, id, category);

    [Fact]
    public void A_stop_ends_the_list()
    {
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("Get-Tracepoint");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(result.Objects.Count, 1, 5);
    }
}
