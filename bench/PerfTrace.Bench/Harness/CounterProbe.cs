using System.Diagnostics;

namespace PerfTrace.Bench;

/// <summary>Sees from /proc whether a process counts.</summary>
internal static class CounterProbe
{
    /// <summary>Waits until a process has a counter open. False: it ended, or had none within ten seconds.</summary>
    public static bool Await(int processId)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(10))
        {
            try
            {
                if (Directory.EnumerateFiles($"/proc/{processId}/fd").Any(static link => new FileInfo(link).LinkTarget?.Contains("perf_event", StringComparison.Ordinal) == true))
                    return true;
            }
            catch (IOException)
            {
                // A descriptor was closed meanwhile, or the process ended.
            }
            Thread.Sleep(5);
        }
        return false;
    }
}
