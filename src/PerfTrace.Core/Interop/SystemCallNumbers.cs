using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>
/// System call numbers that libc has no wrapper for, from <c>arch/x86/entry/syscalls/syscall_64.tbl</c> and, for ARM64,
/// <c>include/uapi/asm-generic/unistd.h</c>.
/// </summary>
internal static class SystemCallNumbers
{
    private static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => false,
        Architecture.Arm64 => true,
        var other => throw new PlatformNotSupportedException(
            $"PerfTrace knows the system call numbers of x86-64 and ARM64 Linux; this process runs on {other}."),
    };

    public static nint PerfEventOpen => IsArm64 ? 241 : 298;

    public static nint Bpf => IsArm64 ? 280 : 321;

    public static nint GetTid => IsArm64 ? 178 : 186;

    public static nint MemoryBarrier => IsArm64 ? 283 : 324;

    /// <summary>Linux 5.3; one number on every architecture.</summary>
    public static nint PidfdOpen => 434;

    /// <summary>Linux 5.1; one number on every architecture.</summary>
    public static nint PidfdSendSignal => 424;
}
