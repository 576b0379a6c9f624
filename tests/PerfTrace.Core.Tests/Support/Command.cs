using System.Diagnostics;

namespace PerfTrace.Tests.Support;

/// <summary>Runs programs that tests compare with.</summary>
internal static class Command
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    public static Result Run(string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), $"{file} {string.Join(' ', arguments)} did not end within a minute.");
        return new Result(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public static Result Perf(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        Assert.True(IsInPath("perf"), "perf is not installed: ./test.sh installs it (Debian: linux-perf, Ubuntu: linux-tools-generic, Fedora: perf).");
        return Run("perf", arguments, environment);
    }

    private static bool IsInPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, name)));
}
