using PerfTrace.Host;

namespace PerfTrace.Tests.Host.Help;

public sealed class HelpTests : IDisposable
{
    private const string Page = """
        ---
        external help file: x
        ---

        # Test-Sets

        ## SYNOPSIS
        Counts **things**, see [Test-Types](Test-Types.md).

        ## SYNTAX

        ```
        Test-Sets [-Command]
        ```

        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("perftrace-help-").FullName;

    public HelpTests()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "help"));
        File.WriteAllText(Path.Combine(_directory, "help", "Test-Sets.md"), Page);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    [InlineData("help")]
    public void GeneralHelpListsCmdletsAndSaysWhatThisIsNot(string argument)
    {
        HostResult result = Run(argument);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("this is not a PowerShell", result.StdOut, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  Test-Sets +Counts things, see Test-Types\.$", result.StdOut);
        Assert.Contains("\n  Test-Types\n", result.StdOut, StringComparison.Ordinal);
        Assert.Equal("", result.StdErr);
    }

    [Theory]
    [InlineData("help", "Test-Sets")]
    [InlineData("help", "test-sets")]
    [InlineData("--help", "Test-Sets")]
    [InlineData("Test-Sets", "-?")]
    [InlineData("Test-Sets", "--help")]
    [InlineData("Test-Sets -Cpu 1 -? ")]
    public void ACmdletsPageIsShown(params string[] arguments)
    {
        HostResult result = Run(arguments);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Test-Sets\n\nSYNOPSIS\nCounts things, see Test-Types.\n", result.StdOut, StringComparison.Ordinal);
        Assert.Contains("\n    Test-Sets [-Command]\n", result.StdOut, StringComparison.Ordinal);
        Assert.DoesNotContain("external help file", result.StdOut, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAPageTheSyntaxComesFromTheAttributes()
    {
        HostResult result = Run("help", "Test-NoDefault");
        Assert.Contains("  Test-NoDefault [-Id] <Int32> [-Quick] [<CommonParameters>]\n", result.StdOut, StringComparison.Ordinal);
        Assert.Contains("  Test-NoDefault [-Name] <String> [-Exact] [-Quick] [<CommonParameters>]\n", result.StdOut, StringComparison.Ordinal);
    }

    [Fact]
    public void ScriptBlocksAreNotListed()
    {
        string text = Run("help", "Test-Types").StdOut;
        Assert.DoesNotContain("Script", text, StringComparison.Ordinal);
        Assert.Contains("  -Text (or -Txt, -Message)\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SyntaxTellsWhatIsConfirmedAndWhatRunsCommands()
    {
        Assert.Contains("Remove-Thing [[-Name] <String[]>] [-WhatIf] [-Confirm] [<CommonParameters>]", Run("help", "Remove-Thing").StdOut, StringComparison.Ordinal);
        Assert.Contains("Test-Run [[-Where] <String>] [-Command <String>] [-ArgumentList <String[]>] [<CommonParameters>] [-- command arguments...]", Run("help", "Test-Run").StdOut, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownCmdletIsBadUsage()
    {
        HostResult result = Run("help", "Test-Nothing");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("not recognized", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void NoArgumentsAreBadUsageWithTheSameAnswer()
    {
        HostResult result = Run();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Usage:", result.StdOut, StringComparison.Ordinal);
    }

    [Fact]
    public void TheVersionIsTheAssemblys() => Assert.Matches(@"^perftrace \d+\.\d+\.\d+\n$", Run("--version").StdOut);

    private HostResult Run(params string[] arguments) => new HostSession(typeof(HelpTests).Assembly) { Directory = _directory }.Run(arguments);
}
