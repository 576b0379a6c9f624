using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>
/// The libc functions used, as they are in the man pages of section 2 and 3. The runtime maps <c>libc</c> to the C library that it
/// was itself linked with. Callers use the typed wrappers; nothing outside this folder calls these.
/// </summary>
internal static unsafe partial class NativeMethods
{
    private const string LibC = "libc";

    // syscall(2) is variadic in C. On the x86-64 and AArch64 Linux calling conventions integer arguments of a variadic function
    // travel in the same registers as those of an ordinary one, so a fixed signature is right on both.
    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint a1, nint a2, nint a3, nint a4, nint a5);

    [LibraryImport(LibC, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoControl(FileDescriptor fd, nuint request, nint argument);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(LibC, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(nint fd);

    [LibraryImport(LibC, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(FileDescriptor fd, int command, nint argument);

    [LibraryImport(LibC, EntryPoint = "readv", SetLastError = true)]
    public static partial nint ReadVector(FileDescriptor fd, IoVector* vectors, int count);

    [LibraryImport(LibC, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MemoryMap(nint address, nuint length, int protection, int flags, FileDescriptor fd, nint offset);

    [LibraryImport(LibC, EntryPoint = "munmap", SetLastError = true)]
    public static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport(LibC, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport(LibC, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(LibC, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(FileDescriptor epoll, int operation, FileDescriptor fd, void* eventData);

    [LibraryImport(LibC, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(FileDescriptor epoll, void* events, int maximum, int timeoutMilliseconds);

    [LibraryImport(LibC, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport(LibC, EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, uint mode);

    [LibraryImport(LibC, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport(LibC, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, uint mode);

    [LibraryImport(LibC, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport(LibC, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileAccessAt(int directory, string path, int mode, int flags);

    // By what this process may do now: access(2) itself goes by the real user's rights, and sees no capabilities (CAP_DAC_READ_SEARCH).
    public static int Access(string path, int mode)
    {
        const int AT_FDCWD = -100, AT_EACCESS = 0x200;
        return FileAccessAt(AT_FDCWD, path, mode, AT_EACCESS);
    }

    [LibraryImport(LibC, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(LibC, EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait4(int pid, int* status, int options, void* resourceUsage);

    [LibraryImport(LibC, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, void* information, int options);

    [LibraryImport(LibC, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, void* a2, nint a3, nint a4, nint a5);

    [LibraryImport(LibC, EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport(LibC, EntryPoint = "isatty")]
    public static partial int IsTerminal(int fd);

    [LibraryImport(LibC, EntryPoint = "tcgetpgrp")]
    public static partial int TerminalProcessGroup(int fd);

    [LibraryImport(LibC, EntryPoint = "getpgrp")]
    public static partial int ProcessGroup();

    [LibraryImport(LibC, EntryPoint = "tcgetattr")]
    public static partial int TerminalGetAttributes(int fd, TerminalMode.Attributes* attributes);

    [LibraryImport(LibC, EntryPoint = "tcsetattr")]
    public static partial int TerminalSetAttributes(int fd, int when, TerminalMode.Attributes* attributes);

    // The posix_spawn family returns the error number; it does not set errno.
    [LibraryImport(LibC, EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PosixSpawn(int* pid, string path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(LibC, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int SpawnFileActionsInit(void* fileActions);

    [LibraryImport(LibC, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int SpawnFileActionsDestroy(void* fileActions);

    [LibraryImport(LibC, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SpawnFileActionsAddOpen(void* fileActions, int fd, string path, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "posix_spawn_file_actions_addclose")]
    public static partial int SpawnFileActionsAddClose(void* fileActions, int fd);

    // glibc 2.29, musl 1.1.24.
    [LibraryImport(LibC, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SpawnFileActionsAddChangeDirectory(void* fileActions, string path);

    [LibraryImport(LibC, EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(void* attributes);

    [LibraryImport(LibC, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(void* attributes);

    [LibraryImport(LibC, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(void* attributes, short flags);

    [LibraryImport(LibC, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetDefaultSignals(void* attributes, void* signalSet);

    [LibraryImport(LibC, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSignalMask(void* attributes, void* signalSet);

    [LibraryImport(LibC, EntryPoint = "sigemptyset")]
    public static partial int SignalSetEmpty(void* signalSet);

    [LibraryImport(LibC, EntryPoint = "sigaddset")]
    public static partial int SignalSetAdd(void* signalSet, int signal);

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public nint Base;
        public nuint Length;
    }

    [LibraryImport(LibC, EntryPoint = "clock_getres", SetLastError = true)]
    public static partial int ClockGetResolution(int clock, out TimeSpecification resolution);

    [LibraryImport(LibC, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, out TimeSpecification time);

    [LibraryImport(LibC, EntryPoint = "localtime_r")]
    public static partial BrokenDownTime* LocalTime(long* seconds, BrokenDownTime* time);

    [LibraryImport(LibC, EntryPoint = "strftime", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint FormatTime(byte* text, nuint room, string format, BrokenDownTime* time);

    // struct tm of <time.h> on 64-bit Linux: nine ints, the seconds east of UTC and the zone's name. Only the C library looks inside.
    [StructLayout(LayoutKind.Sequential, Size = 56)]
    public struct BrokenDownTime
    {
        public int Seconds;
    }
}
