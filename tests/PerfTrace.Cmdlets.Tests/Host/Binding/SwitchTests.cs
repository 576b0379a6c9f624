using System.Management.Automation;

namespace PerfTrace.Tests.Host.Binding;

public sealed class SwitchTests
{
    [Theory]
    [InlineData("-Force", true)]
    [InlineData("-Force:true", true)]
    [InlineData("-Force:$true", true)]
    [InlineData("-Force:1", true)]
    [InlineData("-Force:false", false)]
    [InlineData("-Force:$false", false)]
    [InlineData("-Force: $false", false)]
    public void ASwitchTakesAValueOnlyAfterAColon(string arguments, bool expected) =>
        Assert.Equal(new SwitchParameter(expected), TestHost.Bind($"Test-Types {arguments}")["Force"]);

    [Fact]
    public void WhatFollowsASwitchIsItsOwnArgument() =>
        Assert.Equal(["false"], TestHost.Bind("Test-Types -Force false").Get<string[]>("Name"));

    [Fact]
    public void WithoutItsNameASwitchIsUnbound() => Assert.Null(TestHost.Bind("Test-Types")["Force"]);
}
