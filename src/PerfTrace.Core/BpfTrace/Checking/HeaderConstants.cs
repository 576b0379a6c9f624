using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Constants of C headers that scripts include and the kernel's types do not have, as they are no enumerations there: errors, signals, families of addresses, states of tasks, system calls.</summary>
internal static class HeaderConstants
{
    // include/linux/socket.h
    private static readonly Dictionary<string, long> Families = new(StringComparer.Ordinal)
    {
        ["AF_UNSPEC"] = 0, ["AF_UNIX"] = 1, ["AF_LOCAL"] = 1, ["AF_INET"] = 2, ["AF_INET6"] = 10, ["AF_NETLINK"] = 16, ["AF_PACKET"] = 17, ["AF_VSOCK"] = 40,
    };

    // include/linux/sched.h, from Linux 4.14 on: what a task is doing.
    private static readonly Dictionary<string, long> States = new(StringComparer.Ordinal)
    {
        ["TASK_RUNNING"] = 0, ["TASK_INTERRUPTIBLE"] = 1, ["TASK_UNINTERRUPTIBLE"] = 2, ["__TASK_STOPPED"] = 4, ["__TASK_TRACED"] = 8, ["EXIT_DEAD"] = 0x10, ["EXIT_ZOMBIE"] = 0x20,
        ["TASK_PARKED"] = 0x40, ["TASK_DEAD"] = 0x80, ["TASK_WAKEKILL"] = 0x100, ["TASK_WAKING"] = 0x200, ["TASK_NOLOAD"] = 0x400, ["TASK_NEW"] = 0x800,
    };

    /// <summary>The value of <c>ENOENT</c>, <c>SIGKILL</c>, <c>AF_INET</c>, <c>TASK_RUNNING</c> or <c>__NR_read</c>; null for other names.</summary>
    public static long? Find(string name)
    {
        const string systemCall = "__NR_";
        if (Families.TryGetValue(name, out long known) || States.TryGetValue(name, out known))
            return known;
        if (name.StartsWith(systemCall, StringComparison.Ordinal))
            return SystemCallTable.Current.NumberOfName(name[systemCall.Length..]);
        if (name.StartsWith("SIG", StringComparison.Ordinal))
            return SignalNames.Find(name);
        return name.StartsWith('E') && name.Length > 1 && char.IsAsciiLetterUpper(name[1]) && Enum.TryParse(name, out Errno error) ? (long)error : null;
    }
}
