using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PerfTrace.Bench;

/// <summary>
/// A workload of system calls at a known rate, from two threads: this program called as <c>make-calls RATE SECONDS [FILE]</c>. One call in a hundred is another
/// one than the rest. The file gets how many of the usual ones were made.
/// </summary>
internal static class CallFlood
{
    private const int Threads = 2, RareEvery = 100;

    // include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl.
    private static readonly int UsualCall = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 110 : 173; // getppid

    /// <summary>The number of the call that is made seldom: getuid.</summary>
    public static int RareCall { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 102 : 174;

    /// <summary>What tracefs calls the usual one.</summary>
    public const string UsualName = "getppid";

    /// <summary>The program and its arguments.</summary>
    public static string[] Command(long rate, double seconds) =>
        [Environment.ProcessPath!, typeof(CallFlood).Assembly.Location, "make-calls", rate.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Makes the calls; a rate of 0 is as fast as it goes.</summary>
    public static int Run(string[] arguments)
    {
        long rate = long.Parse(arguments[0], CultureInfo.InvariantCulture);
        double seconds = double.Parse(arguments[1], CultureInfo.InvariantCulture);
        long usual = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Interlocked.Add(ref usual, Call(rate / (double)Threads, seconds))))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (arguments.Length > 2)
            File.WriteAllText(arguments[2], usual.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    // In bursts of a millisecond: sleeping between single calls would make more calls than it paces.
    private static long Call(double rate, double seconds)
    {
        long begin = Stopwatch.GetTimestamp(), end = begin + (long)(seconds * Stopwatch.Frequency);
        long made = 0;
        for (long now = begin; now < end; now = Stopwatch.GetTimestamp())
        {
            long due = rate == 0 ? made + 10_000 : (long)((now - begin) * rate / Stopwatch.Frequency);
            for (; made < due; made++)
                _ = NativeMethods.SystemCall(made % RareEvery == 0 ? RareCall : UsualCall, 0, 0, 0, 0, 0);
            if (rate != 0)
                Thread.Sleep(1);
        }
        return made - ((made + RareEvery - 1) / RareEvery);
    }
}
