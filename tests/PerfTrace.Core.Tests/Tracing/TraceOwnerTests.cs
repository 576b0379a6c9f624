using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class TraceOwnerTests
{
    [Fact]
    public void A_name_says_whose_it_is()
    {
        string name = TraceOwner.Current.NameOf("my_probe_1");

        Assert.Matches($"^perftrace_{Environment.ProcessId}_[0-9]+_my_probe_1$", name);
        Assert.True(TraceOwner.TryParse(name, out TraceOwner? owner, out string? rest));
        Assert.Equal((TraceOwner.Current, "my_probe_1"), (owner, rest));
        Assert.Equal("my_probe_1", TraceOwner.Current.ShortNameOf(name));
        Assert.True(owner.IsAlive);
    }

    [Theory]
    [InlineData("perftrace")]
    [InlineData("perftrace_")]
    [InlineData("perftrace_1_2")]
    [InlineData("perftrace_1_x_y")]
    [InlineData("perftrace_-1_2_y")]
    [InlineData("perftrace_test_77")]
    [InlineData("perftrace_99999999999999_1_y")]
    [InlineData("sched")]
    public void Another_s_name_is_no_owner_s(string name) => Assert.False(TraceOwner.TryParse(name, out _, out _));

    [Fact]
    public void A_process_of_the_same_number_is_another_owner() =>
        Assert.False((TraceOwner.Current with { StartTime = TraceOwner.Current.StartTime + 1 }).IsAlive);

    [Fact]
    public void An_ended_process_is_not_alive_even_before_it_is_reaped()
    {
        // The child's child is nobody's to wait for until the shell ends.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 0 & echo $!; exec sleep 5"]) { RedirectStandardOutput = true })!;
        int child = int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        while (ProcessFacts.StartTimeOf(SystemPaths.Default, child) is not null && clock.Elapsed < TimeSpan.FromSeconds(3))
            Thread.Sleep(5);

        Assert.Null(ProcessFacts.StartTimeOf(SystemPaths.Default, child));
        Assert.True(Directory.Exists($"/proc/{child}"));
        shell.Kill();
    }

    [Theory]
    [InlineData("7 (a b) R 1 2 3) S 1 7 7 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 4711 6 4 1", 4711UL)]
    [InlineData("7 (x) Z 1 7 7 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 4711 6 4 1", null)]
    [InlineData("7 (x) Z 1 7 7 0 -1 4 1 0 0 0 0 0 0 0 20 0 3 0 4711 6 4 1", 4711UL)]
    [InlineData("7 (x) S 1", null)]
    [InlineData("", null)]
    public void The_start_time_is_field_22_whatever_the_name(string stat, ulong? expected)
    {
        using TemporaryTree tree = new TemporaryTree().With("7/stat", stat + "\n");

        Assert.Equal(expected, ProcessFacts.StartTimeOf(new SystemPaths(Proc: tree.Root), 7));
    }
}
