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

    /// <summary><c>SIGKILL</c> of 9; the number where it has no name.</summary>
    public static string NameOf(long number) => number > 0 && number <= InOrder.Length ? $"SIG{InOrder[number - 1]}" : number.ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<string> All => InOrder.Select(static n => $"SIG{n}");
}
