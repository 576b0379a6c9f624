using System.Runtime.InteropServices;

namespace PerfTrace.Bench;

/// <summary>
/// libc as a C program would call it: numbers for descriptors, nothing kept of errno. That makes the system calls alone, the
/// peer of the counters' own cost.
/// </summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint SystemCall(nint number, nint a1, nint a2, nint a3, nint a4, nint a5);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    public static partial int IoControl(int fd, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int fd, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    public static partial int GetResourceUsage(int who, long* usage);

    [LibraryImport("libc", EntryPoint = "personality")]
    public static partial int Personality(nuint persona);
}
