using System.Diagnostics;

namespace PerfTrace.Bench;

/// <summary>Runs other programs: perf, which is the peer, and pwsh.</summary>
internal static class Peer
{
    /// <summary>The file of a program in PATH; null when it is not installed.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end; what it wrote to each stream.</summary>
    public static (string Output, string Error) Capture(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result);
    }

    /// <summary>Milliseconds from the start of a program to its end, its output thrown away.</summary>
    public static double Time(string program, params IEnumerable<string> arguments)
    {
        // A shell opens /dev/null for it: reading a pipe here would cost the program time that it does not take by itself.
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null 2>&1", program, .. arguments]);
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    /// <summary>CPU time of a program and its children in milliseconds, by getrusage(2).</summary>
    public static double CpuTime(string program, params IEnumerable<string> arguments)
    {
        double before = ChildrenCpuTime();
        _ = Time(program, arguments);
        return ChildrenCpuTime() - before;
    }

    private static unsafe double ChildrenCpuTime()
    {
        const int RUSAGE_CHILDREN = -1, Longs = 18;
        long* usage = stackalloc long[Longs];
        _ = NativeMethods.GetResourceUsage(RUSAGE_CHILDREN, usage);
        return ((usage[0] + usage[2]) * 1000.0) + ((usage[1] + usage[3]) / 1000.0);
    }
}
