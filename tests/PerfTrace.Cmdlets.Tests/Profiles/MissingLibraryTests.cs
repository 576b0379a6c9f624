using System.Diagnostics;

namespace PerfTrace.Tests.Profiles;

/// <summary>In a mount namespace where libdw is an empty file: what was asked for comes, and one warning that names the package.</summary>
[Collection(CmdletCollection.Name)]
public sealed class MissingLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Get-PerfReport FILE SourceLine", true)]
    [InlineData("Get-PerfReport FILE Symbol -Inline", true)]
    [InlineData("Get-PerfReport FILE Symbol", false)]
    [InlineData("Get-PerfSample FILE | Get-PerfReport -GroupBy SourceLine", true)]
    public async Task It_is_told_once_where_lines_were_asked_for(string line, bool isTold)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can hide a library.");
        string file = $"{_folder}/a.data";
        await Run("perf", "record", "-q", "-e", "page-faults:u", "-c", "1", "-o", file, "--", "ls", "/");
        string library = (await Run("sh", "-c", "ldconfig -p | sed -n 's/.*libdw[.]so[.]1.* => //p'")).Output.Split('\n')[0];

        (string output, string error) = await Run("unshare", "--mount", "sh", "-c", $"mount --bind /dev/null {library} && exec dotnet {AppContext.BaseDirectory}perftrace.dll \"$0\"",
            line.Replace("FILE", file, StringComparison.Ordinal));

        Assert.Contains("ld-linux", output, StringComparison.Ordinal);
        string[] warnings = [.. error.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        if (isTold)
            Assert.Matches("Source lines and inlined functions are not known: libdw\\.so\\.1 is not installed .*libdw1", Assert.Single(warnings));
        else
            Assert.Empty(warnings);
    }

    private static async Task<(string Output, string Error)> Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return (output, await error);
    }
}
