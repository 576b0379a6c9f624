using System.Globalization;
using PerfTrace.Commands;
using PerfTrace.Perf;

namespace PerfTrace.Tests.PerfLines;

/// <summary>Lines that perf 6.1 printed.</summary>
public sealed class PerfStatLineTests
{
    private static readonly TimeSpan Running = TimeSpan.FromTicks(9_814);

    private static readonly PerfCounter Clock = new()
    {
        Event = "task-clock", Value = 981_462, Unit = "ns", ScaledUnit = "msec", Scale = 1e-6, Status = CounterStatus.Counted,
        TimeEnabled = Running, TimeRunning = Running, MetricValue = 23.392, MetricName = "CPUs utilized",
    };

    private static readonly PerfCounter Branches = new()
    {
        Event = "branch-misses", Value = 1_234_567, Status = CounterStatus.Counted, TimeEnabled = 2 * Running, TimeRunning = Running, MetricValue = 2.345, MetricName = "% of all branches",
    };

    [Fact]
    public void FieldsAreThoseOfPerf()
    {
        Assert.Equal("0.98,msec,task-clock,981400,100.00,23.392,CPUs utilized", PerfStatLine.Of(Clock, ",", isPerThread: false));
        Assert.Equal("1234567;;branch-misses;981400;50.00;2.345;of all branches", PerfStatLine.Of(Branches, ";", isPerThread: false));
    }

    [Theory]
    [InlineData(CounterStatus.NotSupported, "<not supported>,,cycles,0,100.00,,")]
    [InlineData(CounterStatus.NotCounted, "<not counted>,,cycles,0,100.00,,")]
    public void WhatHasNoCountSaysWhy(CounterStatus status, string expected) =>
        Assert.Equal(expected, PerfStatLine.Of(new PerfCounter { Event = "cycles", Status = status }, ",", isPerThread: false));

    [Fact]
    public void PlacesComeFirst()
    {
        Assert.StartsWith("CPU1,1234567,,", PerfStatLine.Of(Branches with { Cpu = 1 }, ",", isPerThread: false), StringComparison.Ordinal);
        Assert.StartsWith("bash-4711,1234567,,", PerfStatLine.Of(Branches with { CommandName = "bash", ThreadId = 4711 }, ",", isPerThread: true), StringComparison.Ordinal);
        Assert.Matches(@"^S0-D\d+-C0,\d+,1234567,,", PerfStatLine.Of(Branches with { Socket = 0, Core = 0 }, ",", isPerThread: false));
        Assert.Matches(@"^S0,\d+,1234567,,", PerfStatLine.Of(Branches with { Socket = 0 }, ",", isPerThread: false));
        Assert.StartsWith("1234567,,branch-misses,/sys,981400,", PerfStatLine.Of(Branches with { CGroup = "/sys" }, ",", isPerThread: false), StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAreNotTheCultures()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("0.98,msec,task-clock,981400,100.00,23.392,CPUs utilized", PerfStatLine.Of(Clock, ",", isPerThread: false));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData(new[] { "stat", "-x", ",", "true" }, ",")]
    [InlineData(new[] { "stat", "-x;", "true" }, ";")]
    [InlineData(new[] { "stat", "--field-separator=\\t", "true" }, "\t")]
    [InlineData(new[] { "stat", "true" }, null)]
    public void TheSeparatorIsRead(string[] words, string? expected) => Assert.Equal(expected, PerfLine.Parse(words).Separator);
}
