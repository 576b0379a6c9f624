using System.Net;
using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Binding;

/// <summary>Texts of the command line to the types of parameters.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("-Count 12", "Count", 12)]
    [InlineData("-Count 0x1F", "Count", 31)]
    [InlineData("-Count -3", "Count", -3)]
    [InlineData("-Count 2.5", "Count", 2)]
    [InlineData("-Count '7'", "Count", 7)]
    [InlineData("-Size 64KB", "Size", 65536L)]
    [InlineData("-Size 16MB", "Size", 16777216L)]
    [InlineData("-Mask 0xFFFFFFFFFFFFFFFF", "Mask", ulong.MaxValue)]
    [InlineData("-Ratio 0.25", "Ratio", 0.25)]
    [InlineData("-Ratio 3", "Ratio", 3.0)]
    [InlineData("-Ratio NaN", "Ratio", double.NaN)]
    [InlineData("-Limit 5", "Limit", 5)]
    [InlineData("-Limit $null", "Limit", null)]
    [InlineData("-Text 007", "Text", "007")]
    [InlineData("-Text 1KB", "Text", "1KB")]
    [InlineData("-Text a,b", "Text", "a,b")]
    [InlineData("-Text $true", "Text", "True")]
    [InlineData("-Text ''", "Text", "")]
    [InlineData("-Color green", "Color", TestColor.Green)]
    [InlineData("-Color B", "Color", TestColor.Blue)]
    [InlineData("-Color 0", "Color", TestColor.Red)]
    [InlineData("-Access read,Write", "Access", TestAccess.Read | TestAccess.Write)]
    [InlineData("-Access 'Read, Execute'", "Access", TestAccess.Read | TestAccess.Execute)]
    [InlineData("-Flag true", "Flag", true)]
    [InlineData("-Flag $false", "Flag", false)]
    [InlineData("-Flag 1", "Flag", true)]
    [InlineData("-Anything 5", "Anything", 5)]
    [InlineData("-Anything '5'", "Anything", "5")]
    [InlineData("-Anything $true", "Anything", true)]
    public void Scalars(string arguments, string parameter, object? expected) =>
        Assert.Equal(expected, TestHost.Bind($"Test-Types {arguments}")[parameter]);

    [Fact]
    public void Times()
    {
        BindingResult bound = TestHost.Bind("Test-Types -Span 00:01:30 -When 2026-05-01T12:00:00+02:00");
        Assert.Equal(TimeSpan.FromSeconds(90), bound["Span"]);
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.FromHours(2)), bound["When"]);
    }

    [Fact]
    public void TypesThatParseOrConstructThemselves()
    {
        BindingResult bound = TestHost.Bind("Test-Types -Address 10.0.0.1 -Pair a=b");
        Assert.Equal(IPAddress.Parse("10.0.0.1"), bound["Address"]);
        Assert.Equal("b", Assert.IsType<TestPair>(bound["Pair"]).Value);
    }

    [Fact]
    public void Lists()
    {
        BindingResult bound = TestHost.Bind("Test-Types -Name a,'b,c',3 -Numbers 1,0x2 -Sizes 1KB,2 -Anything x,1");
        Assert.Equal(["a", "b,c", "3"], Assert.IsType<string[]>(bound["Name"]));
        Assert.Equal([1, 2], Assert.IsType<int[]>(bound["Numbers"]));
        Assert.Equal([1024L, 2L], Assert.IsType<List<long>>(bound["Sizes"]));
        Assert.Equal(2, Assert.IsType<object[]>(bound["Anything"]).Length);
    }

    [Fact]
    public void OneValueMakesAListOfOne() =>
        Assert.Equal([5], Assert.IsType<int[]>(TestHost.Bind("Test-Types -Numbers 5")["Numbers"]));

    [Fact]
    public void EventSyntaxStaysWhole() => Assert.Equal(
        ["{cycles,instructions}:u", "cpu/event=1,umask=2/", "page-faults"],
        Assert.IsType<string[]>(TestHost.Bind(["Test-Types", "{cycles,instructions}:u,cpu/event=1,umask=2/,page-faults"])["Name"]));

    [Theory]
    [InlineData("-Count abc", "Cannot bind parameter 'Count'. Cannot convert value \"abc\" to type \"System.Int32\".")]
    [InlineData("-Count 3000000000", "too large")]
    [InlineData("-Count ''", "System.Int32")]
    [InlineData("-Mask -1", "System.UInt64")]
    [InlineData("-Count $null", "Cannot convert null")]
    [InlineData("-Color Gr", "Red, Green, Grey, Blue")]
    [InlineData("-Color Red,Blue", "valid enumerator name")]
    [InlineData("-Flag maybe", "true, false, 1 or 0")]
    [InlineData("-Span soon", "System.TimeSpan")]
    [InlineData("-Address nowhere", "System.Net.IPAddress")]
    [InlineData("-Pair lonely", "'lonely' is not a pair.")]
    [InlineData("-Numbers 1,x", "\"x\"")]
    public void WhatDoesNotConvertIsBadUsage(string arguments, string message)
    {
        HostResult result = TestHost.Run($"Test-Types {arguments}");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("CannotConvertArgumentNoMessage", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("Test-Types: ", result.StdErr, StringComparison.Ordinal);
        Assert.Contains(message, result.StdErr, StringComparison.Ordinal);
    }
}
