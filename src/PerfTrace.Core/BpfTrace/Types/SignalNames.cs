using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>The names of signals: include/uapi/asm-generic/signal.h, the same on x86-64 and ARM64.</summary>
internal static class SignalNames
{
    private static readonly string[] InOrder =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
        "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of <c>SIGKILL</c> or <c>KILL</c>; null when there is none of the name.</summary>
    public static int? Find(string name)
    {
        int at = Array.IndexOf(InOrder, name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
        return at < 0 ? null : at + 1;
    }

    // As strsignal(3) of glibc has them in the C locale.
    private static readonly string[] Texts =
    [
        "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted", "Bus error", "Floating point exception", "Killed", "User defined signal 1",
        "Segmentation fault", "User defined signal 2", "Broken pipe", "Alarm clock", "Terminated", "Stack fault", "Child exited", "Continued", "Stopped (signal)", "Stopped",
        "Stopped (tty input)", "Stopped (tty output)", "Urgent I/O condition", "CPU time limit exceeded", "File size limit exceeded", "Virtual timer expired",
        "Profiling timer expired", "Window changed", "I/O possible", "Power failure", "Bad system call",
    ];

    private const int FirstRealTime = 34, Last = 64; // glibc keeps two below for itself

    /// <summary><c>Killed</c> of 9; <c>N/A</c> of what is no signal's number.</summary>
    public static string TextOf(long number) => number switch
    {
        < 0 or > Last => "N/A",
        >= FirstRealTime => string.Create(CultureInfo.InvariantCulture, $"Real-time signal {number - FirstRealTime}"),
        _ when number >= 1 && number <= Texts.Length => Texts[number - 1],
        _ => string.Create(CultureInfo.InvariantCulture, $"Unknown signal {number}"),
    };

    public static IEnumerable<string> All => InOrder.Select(static n => $"SIG{n}");
}
