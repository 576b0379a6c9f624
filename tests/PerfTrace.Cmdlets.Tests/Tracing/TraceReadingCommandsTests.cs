using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class TraceReadingCommandsTests : CmdletFixture, IDisposable
{
    private static int s_count;

    private readonly string _name = $"reading{++s_count}";

    public TraceReadingCommandsTests() => Assert.Equal(0, Host.Run($"New-TraceInstance {_name}").ExitCode);

    public void Dispose()
    {
        Host.Run($"Remove-TraceInstance {_name}");
        Assert.Empty(TraceSession.Current.ReleaseAll());
    }

    [Fact]
    public void Markers_are_read_and_then_taken_out()
    {
        Host.Run($"Write-TraceMarker one,two,three -Instance {_name}");
        Assert.Equal(["one", "two", "three"], Texts($"Get-TraceBuffer -Instance {_name}"));
        Assert.Equal(["two", "three"], Texts($"Get-TraceBuffer -Instance {_name} -Last 2"));
        Assert.Equal(["one", "two", "three"], Texts($"Watch-TracePipe -Instance {_name} -Duration 0.1"));
        Assert.Empty(Host.Run($"Get-TraceBuffer -Instance {_name}").Objects);
    }

    [Theory]
    [InlineData("Get-TraceBuffer")]
    [InlineData("Watch-TracePipe -Duration 0.3")]
    public void Events_are_selected_by_name(string command)
    {
        Host.Run($"Enable-Tracepoint sched:sched_switch,sched:sched_waking -Instance {_name}");
        Host.Run($"Write-TraceMarker x -Instance {_name}");
        Thread.Sleep(50);
        Host.Run($"Set-TraceBuffer -Tracing Off -Instance {_name}");
        HostResult result = Host.Run($"{command} -Event sched_sw* -Instance {_name}");
        Assert.Equal("", result.StdErr);
        Assert.True(result.Objects.Count > 2);
        Assert.All(result.Objects, static o => Assert.Equal("sched:sched_switch", Assert.IsAssignableFrom<TraceEvent>(o).EventName));
    }

    [Fact]
    public void An_instance_comes_from_the_pipeline()
    {
        Host.Run($"Write-TraceMarker here -Instance {_name}");
        Assert.Equal(["here"], Texts($"Get-TraceInstance {_name} | Get-TraceBuffer"));
        Assert.Equal(["here"], Texts($"Get-TraceInstance {_name} | Watch-TracePipe -MaxEvents 1"));
    }

    [Fact]
    public void The_summary_tells_of_losses_and_a_warning_too()
    {
        Host.Run($"Set-TraceBuffer -Size 8KB -Instance {_name}");
        using (var writer = new TraceMarkerWriter(TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default, _name)))
        {
            for (int i = 0; i < 2_000; i++)
                writer.Write($"marker number {i}");
        }
        HostResult result = Host.Run($"Watch-TracePipe -Instance {_name} -Duration 0.1");
        Assert.Contains("events were lost (CPU", result.StdErr);
    }

    [Theory]
    [InlineData("Get-TraceBuffer -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-TracePipe -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-TracePipe -Instance a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Get-TraceBuffer sched_swich -Instance NAME", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-TracePipe sched_swich -Instance NAME", "TracepointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-TracePipe -Cpu 4000 -Instance NAME", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-TraceBuffer -Cpu 4000 -Instance NAME", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Watch-FunctionTrace vfs_read -MaxDepth 2", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("Watch-FunctionTrace vfs_read -Graph -StackTrace", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("Watch-FunctionTrace vfs_read -Argument -StackTrace", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("Watch-FunctionTrace vfs_read -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) =>
        Fail(line.Replace("NAME", _name, StringComparison.Ordinal), id, category);

    [Fact]
    public void Another_reader_is_a_specific_error()
    {
        using TracePipe other = TracePipe.Open(TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default, _name), new TracePipeOptions(), stop: TestContext.Current.CancellationToken);
        ErrorRecord error = Assert.Single(Host.Run($"Watch-TracePipe -Instance {_name}").Errors);
        Assert.StartsWith("TracePipeBusy,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
    }

    [Fact]
    public void A_stop_ends_it_at_once_and_sets_the_pipe_free()
    {
        Host.Run($"Write-TraceMarker one -Instance {_name}");
        long asked = 0;
        Host.ObjectWritten = _ =>
        {
            asked = Stopwatch.GetTimestamp();
            Host.Stop();
        };
        HostResult result = Host.Run($"Watch-TracePipe -Instance {_name}");
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Assert.Equal(130, result.ExitCode);
        Host.ObjectWritten = null;
        Assert.Equal(0, Host.Run($"Watch-TracePipe -Instance {_name} -Duration 0.05").ExitCode);
    }

    [Fact]
    public void Function_tracing_that_policy_denies_has_an_error_of_its_own()
    {
        HostResult result = Host.Run("Watch-FunctionTrace vfs_read -Duration 0.1");
        Assert.SkipWhen(result.Errors.Count == 0 || result.Errors[0].CategoryInfo.Category == ErrorCategory.NotImplemented, "This machine permits function tracing, or has none.");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("FunctionTracingDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
        Assert.Contains("policy denies function tracing", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("policy denies function tracing", Host.Run("Get-KernelFunction vfs_read").StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void What_if_traces_nothing()
    {
        HostResult result = Host.Run("Watch-FunctionTrace vfs_read -WhatIf");
        Assert.Empty(result.Objects);
        Assert.Empty(result.Errors);
    }

    private string[] Texts(string line)
    {
        HostResult result = Host.Run(line);
        Assert.Equal("", result.StdErr);
        return [.. result.Objects.Cast<TraceMarker>().Select(static m => m.Text)];
    }
}
