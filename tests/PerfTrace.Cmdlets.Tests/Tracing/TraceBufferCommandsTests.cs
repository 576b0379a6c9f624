using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class TraceBufferCommandsTests : TraceFixture
{
    [Fact]
    public void Markers_are_counted_read_and_cleared()
    {
        Run("New-TraceInstance m -Clock mono");
        Run("Write-TraceMarker 'one\ntwo', 'three' -Instance m");

        TraceBufferStatistics[] statistics = [.. Run("Get-TraceBufferStatistics -Instance m").Objects.Cast<TraceBufferStatistics>()];
        Assert.Equal((3, 0), (statistics.Sum(s => s.Entries), statistics.Sum(s => s.Lost)));
        TraceBufferStatistics written = statistics.First(s => s.Entries > 0);
        Assert.True(written.Bytes > 0 && written.OldestEventTime <= written.Now, written.ToString());
        // CLOCK_MONOTONIC is what .NET's ticks are, too.
        Assert.InRange((written.Now!.Value - TimeSpan.FromMilliseconds(Environment.TickCount64)).Duration().TotalSeconds, 0, 30);
        Assert.Equal(["one", "two", "three"], Read("m", "trace").Split('\n').Where(l => !l.StartsWith('#')).Select(l => l[(l.IndexOf("write: ", StringComparison.Ordinal) + 7)..]));

        Run("Clear-TraceBuffer -Instance m");
        Assert.Equal(0, Run("Get-TraceBufferStatistics -Instance m").Objects.Cast<TraceBufferStatistics>().Sum(s => s.Entries));
    }

    [Fact]
    public void A_full_buffer_counts_what_it_loses()
    {
        Run("New-TraceInstance small -BufferSize 4KB");
        string text = string.Join('\n', Enumerable.Range(0, 3000).Select(i => $"marker number {i}"));
        Run($"Write-TraceMarker '{text}' -Instance small");
        TraceBufferStatistics[] overwriting = [.. Run("Get-TraceBufferStatistics -Instance small").Objects.Cast<TraceBufferStatistics>()];
        Assert.True(overwriting.Sum(s => s.Overrun) > 1000);
        Assert.Equal(3000, overwriting.Sum(s => s.Entries + s.Overrun));

        Run("Clear-TraceBuffer -Instance small");
        Run("Set-TraceBuffer -Overwrite Off -Instance small");
        ErrorRecord error = Fail($"Write-TraceMarker '{text}' -Instance small", "KernelError", ErrorCategory.InvalidOperation);
        Assert.Contains("is full", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.True(Run("Get-TraceBufferStatistics -Instance small").Objects.Cast<TraceBufferStatistics>().Sum(s => s.DroppedEvents) > 0);
    }

    [Fact]
    public void Settings_are_made_and_shown()
    {
        TraceInstance instance = Single<TraceInstance>("Set-TraceBuffer -Size 256KB -Clock boot -Overwrite Off -Tracing Off -PassThru");

        Assert.Equal(("session", "boot", false, false), (instance.Name, instance.Clock, instance.Overwrite, instance.TracingOn));
        Assert.InRange(instance.BufferSize!.Value, 256 * 1024, 320 * 1024);
        Run("Set-TraceBuffer -Size 64KB -Cpu 0");
        Assert.Null(Environment.ProcessorCount > 1 ? instance.BufferSize : null);
        Assert.InRange(Single<TraceBufferStatistics>("Get-TraceBufferStatistics -Cpu 0").BufferSize!.Value, 64 * 1024, 128 * 1024);
    }

    [Fact]
    public void A_clock_that_counts_no_time_shows_none()
    {
        Run("New-TraceInstance c -Clock counter");
        Run("Write-TraceMarker x -Instance c");

        TraceBufferStatistics one = Run("Get-TraceBufferStatistics -Instance c").Objects.Cast<TraceBufferStatistics>().First(s => s.Entries > 0);

        Assert.Equal((null, null), (one.OldestEventTime, one.Now));
    }

    [Fact]
    public void A_marker_into_a_buffer_that_does_not_record_says_what_to_do()
    {
        Run("New-TraceInstance off | Set-TraceBuffer -Tracing Off");

        ErrorRecord error = Fail("Write-TraceMarker x -Instance off", "KernelError", ErrorCategory.InvalidOperation);

        Assert.Contains("Set-TraceBuffer -Tracing On", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_marker_on_a_cpu_that_is_left_out_says_so()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "One CPU can not be left out.");
        Run("New-TraceInstance masked -BufferSize 64KB");
        // All but one: whichever CPU the test runs on, it is one of the two masks that leaves it out.
        List<ErrorRecord> errors = [];
        foreach (string mask in (string[])["1", "2"])
        {
            File.WriteAllText(PathOf("masked", "tracing_cpumask"), mask);
            errors.AddRange(Host.Run($"Write-TraceMarker {string.Join(',', Enumerable.Repeat("x", 50))} -Instance masked").Errors);
        }

        Assert.NotEmpty(errors);
        Assert.All(errors, static e => Assert.Contains("tracing_cpumask", e.ErrorDetails.RecommendedAction, StringComparison.Ordinal));
        Assert.All(errors, static e => Assert.DoesNotContain("is full", e.ErrorDetails.RecommendedAction, StringComparison.Ordinal));
    }

    [Fact]
    public void Markers_that_are_switched_off_are_told_with_the_file()
    {
        Run("New-TraceInstance silent");
        File.WriteAllText(PathOf("silent", "options/markers"), "0");

        ErrorRecord error = Fail("Write-TraceMarker x -Instance silent", "KernelError", ErrorCategory.InvalidOperation);

        Assert.Contains(PathOf("silent", "options/markers"), error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Set-TraceBuffer", "NothingToSet", ErrorCategory.InvalidArgument)]
    [InlineData("Set-TraceBuffer -Cpu 0 -Clock boot", "CpuWithoutSize", ErrorCategory.InvalidArgument)]
    [InlineData("Set-TraceBuffer -Clock nosuch", "ClockNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-TraceBuffer -Size 1MB -Cpu 4095", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Clear-TraceBuffer -TopLevel -Cpu 4095", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Write-TraceMarker \"a\u0007b\"", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Clear-TraceBuffer", "NoSessionInstance", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-TraceBufferStatistics", "NoSessionInstance", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-TraceBufferStatistics -Instance nosuch", "InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-TraceBufferStatistics -Instance x -TopLevel", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("Get-Tracer nosuch", "TracerNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-KernelFunction vfs_raed", "KernelFunctionNotFound", ErrorCategory.ObjectNotFound)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) => Fail(line, id, category);

    [Fact]
    public void Tracers_are_those_of_the_kernel()
    {
        Tracer[] tracers = [.. Run("Get-Tracer -TopLevel").Objects.Cast<Tracer>()];

        Assert.Equal(File.ReadAllText(Path.Combine(Top, "available_tracers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), tracers.Select(t => t.Name));
        Assert.Equal(File.ReadAllText(Path.Combine(Top, "current_tracer")).Trim(), Assert.Single(tracers, t => t.IsCurrent).Name);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Functions_are_found_by_wildcards()
    {
        KernelFunction[] functions = [.. Host.Run("Get-KernelFunction vfs_* -Module ''").Objects.Cast<KernelFunction>()];

        Assert.Contains(functions, f => f.Name == "vfs_read");
        Assert.All(functions, f => Assert.StartsWith("vfs_", f.Name, StringComparison.Ordinal));
        Assert.All(functions, f => Assert.Null(f.Module));
    }

    [Fact]
    public void A_stop_ends_the_statistics()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "One CPU has one object.");
        Run("New-TraceInstance s");
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("Get-TraceBufferStatistics -Instance s");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }
}
