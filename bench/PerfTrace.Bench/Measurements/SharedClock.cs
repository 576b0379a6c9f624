using System.Diagnostics;
using System.Globalization;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>
/// The CPU time of one process, counted by perf and by us at the same time: whatever the machine does to the process, both see it,
/// so that this comparison has no noise.
/// </summary>
internal static class SharedClock
{
    private const int Rounds = 5;

    public static Row Compare(string perf, Goal goal)
    {
        Samples ours = new(), peer = new();
        for (int round = 0; round < Rounds; round++)
        {
            (double mine, double theirs) = Count(perf);
            ours.Add(mine);
            peer.Add(theirs);
        }
        return Row.Same("task-clock of a loop of some 300 ms, one run counted by both", ours.Median, peer.Median, "ms", goal);
    }

    private static (double Ours, double Peer) Count(string perf)
    {
        // It waits for a line until both count it.
        using Process loop = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read line; " + Accuracy.Loop]) { RedirectStandardInput = true })!;
        string id = loop.Id.ToString(CultureInfo.InvariantCulture);
        using Process peer = Process.Start(new ProcessStartInfo(perf, ["stat", "-x,", "-e", "task-clock", "-p", id]) { RedirectStandardError = true })!;
        AwaitCounters(peer.Id);

        using var session = new CounterSession(EventCatalogue.Default.Resolve("task-clock"), new CounterTarget.Processes([loop.Id]), new CounterOptions());
        Task<double> ours = Task.Run(() => session.Measure(CancellationToken.None).Single().ScaledValue!.Value);
        AwaitCounters(Environment.ProcessId);
        loop.StandardInput.WriteLine();

        string error = peer.StandardError.ReadToEnd();
        peer.WaitForExit();
        loop.WaitForExit();
        return (ours.Result, double.Parse(error.Split(',', 2)[0], CultureInfo.InvariantCulture));
    }

    private static void AwaitCounters(int processId)
    {
        if (!CounterProbe.Await(processId))
            throw new InvalidOperationException("No counter was opened.");
        Thread.Sleep(100); // opened, but perhaps not yet enabled
    }
}
