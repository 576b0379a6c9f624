using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Running;

public sealed class ShouldProcessTests
{
    private const string Question = "[Y] Yes  [A] Yes to All  [N] No  [L] No to All";

    [Fact]
    public void WhatIfSaysWhatWouldBeDone()
    {
        HostResult result = TestHost.Run("Remove-Thing a,b -WhatIf");
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Objects);
        Assert.Equal(
            "What if: Performing the operation \"Remove\" on target \"a\".\nWhat if: Performing the operation \"Remove\" on target \"b\".\n",
            result.StdErr);
    }

    [Fact]
    public void TheReasonIsTold() => Assert.Equal(["no (WhatIf)"], TestHost.Run("Set-Thing -WhatIf").Objects);

    [Fact]
    public void VerboseTellsWhatIsDone() =>
        Assert.Equal(["Performing the operation \"Remove\" on target \"a\"."], TestHost.Run("Remove-Thing a -Confirm:$false -Verbose").Verbose);

    [Theory]
    [InlineData("Remove-Thing a,b,c", "y\nn\nyes\n", "a c", 3)]
    [InlineData("Remove-Thing a,b,c", "n\na\n", "b c", 2)]
    [InlineData("Remove-Thing a,b,c", "y\nl\n", "a", 2)]
    [InlineData("Remove-Thing a,b", "what\n\nn\n", "a", 3)]
    [InlineData("Remove-Thing a", "", "", 1)]
    [InlineData("Remove-Thing a,b -Confirm:false", "", "a b", 0)]
    [InlineData("Set-Thing", "", "done", 0)]
    [InlineData("Set-Thing -Confirm", "n\n", "no (None)", 1)]
    public void AsksByImpactAndByConfirm(string line, string answers, string written, int questions)
    {
        var session = new HostSession(typeof(ShouldProcessTests).Assembly) { Input = answers };
        HostResult result = session.Run(line);
        Assert.Equal(written, string.Join(' ', result.Objects));
        Assert.Equal(questions, result.StdErr.Split(Question).Length - 1);
    }

    [Theory]
    [InlineData("y\n", "done")]
    [InlineData("n\n", "not twice")]
    public void ShouldContinueAsksWhateverConfirmSays(string answers, string written)
    {
        var session = new HostSession(typeof(ShouldProcessTests).Assembly) { Input = answers };
        Assert.Equal([written], session.Run("Set-Thing -Twice -Confirm:false").Objects);
    }

    [Fact]
    public void WithNobodyToAskItIsAnErrorThatSaysWhatToDo()
    {
        HostResult result = TestHost.Run("Remove-Thing a");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Objects);
        Assert.Contains("Use -Confirm:false", result.StdErr, StringComparison.Ordinal);
    }
}
