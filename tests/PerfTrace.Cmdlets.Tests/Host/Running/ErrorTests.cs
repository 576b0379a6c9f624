using System.Management.Automation;
using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Running;

public sealed class ErrorTests
{
    [Fact]
    public void ARecordIsPrintedWithItsAdviceAndTheRestGoesOn()
    {
        HostResult result = TestHost.Run("Test-Error record");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["went on"], result.Objects);
        Assert.EndsWith("Test-Error: It broke badly.\n  Mend it.\n", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordKnowsWhoWroteIt()
    {
        ErrorRecord record = Assert.Single(TestHost.Run("Test-Error record").Errors);
        Assert.Equal("TestBroke,PerfTrace.Tests.Host.TestCmdlets.TestErrorCommand", record.FullyQualifiedErrorId);
        Assert.Equal("DeviceError: (target-7:String) [Test-Error], InvalidOperationException", record.CategoryInfo.ToString());
        Assert.Equal("Test-Error", record.InvocationInfo.MyCommand.Name);
    }

    [Fact]
    public void ATerminatingErrorEndsThePipeline()
    {
        HostResult result = TestHost.Run("Test-Error terminating");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Objects);
        Assert.Equal("It broke badly.", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void AnUnexpectedExceptionBecomesARecord()
    {
        HostResult result = TestHost.Run("Test-Error exception");
        Assert.Equal(1, result.ExitCode);
        ErrorRecord record = Assert.Single(result.Errors);
        Assert.StartsWith("InvalidDataException,", record.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.EndsWith("Test-Error: unexpected\n", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExceptionThatCarriesARecordBringsItsOwn() =>
        Assert.StartsWith("TestBroke,", Assert.Single(TestHost.Run("Test-Error carrier").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void WritingFromAnotherThreadIsRefused()
    {
        HostResult result = TestHost.Run("Test-Error thread");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("only from the thread that runs", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void ColoursAreForTerminals()
    {
        var session = new HostSession(typeof(ErrorTests).Assembly) { IsTerminal = true, HasColor = true };
        string text = session.Run("Test-Error record").StdErr;
        Assert.Contains("\e[33;1mWARNING: look out\e[0m\n", text, StringComparison.Ordinal);
        Assert.Contains("\e[31;1mTest-Error: It broke badly.\e[0m\n\e[36;1m  Mend it.\e[0m\n", text, StringComparison.Ordinal);
    }
}
