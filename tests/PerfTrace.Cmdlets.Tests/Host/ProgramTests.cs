using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfTrace.Tests.Host;

/// <summary>The program itself, in a process of its own.</summary>
public sealed partial class ProgramTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task TellsItsVersion()
    {
        (int exitCode, string output, string error) = await Run("--version");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"^perftrace \d+\.\d+\.\d+\n$", output);
    }

    [Fact]
    public async Task BadUsageIsTwo()
    {
        (int exitCode, string output, string error) = await Run("Get-Nothing");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("perftrace: The term 'Get-Nothing' is not recognized", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "Invoke-BpfTrace", "BEGIN { printf(\"a \\\"b\\\"\\nc\"); exit(); }", "-AsText" }, "a \"b\"\nc\n")]
    [InlineData(new[] { "-o", "jsonl", "Invoke-BpfTrace", "BEGIN { printf(\"a\"); exit(); }", "-AsText" }, "\"a\"\n")]
    public async Task LinesOfTextAreThemselvesUnlessAFormIsAskedFor(string[] arguments, string expected)
    {
        (int exitCode, string output, string error) = await Run(arguments);
        Assert.Equal((0, expected, ""), (exitCode, output, error));
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task ASignalStopsTheCmdletAndGivesTheStatus(int signal, int expected)
    {
        using Process process = Start("Get-PerfCounter", "-ProcessId", $"{Environment.ProcessId}", "-Event", "page-faults", "-Interval", "0.1");
        // Its first interval shows that it has begun to wait.
        string? first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);
        if (first is null)
            Assert.Fail(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Kill(process.Id, signal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(expected, process.ExitCode);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private static Process Start(params string[] arguments)
    {
        // Where the tests run in a shell's background, interrupts are ignored, and so they would be by what is started here.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,TERM", "dotnet", Path.Combine(AppContext.BaseDirectory, "perftrace.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
