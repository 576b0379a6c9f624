using System.Collections;
using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>
/// The arguments of a posix_spawn(3) call in native memory: a program, its argv and environment, and what the child does before its
/// exec, which is to wait at a gate (see <see cref="GatedProcess"/>).
/// </summary>
internal sealed unsafe class SpawnRequest : IDisposable
{
    // posix_spawnattr_t is 336 bytes and posix_spawn_file_actions_t 80 in glibc on 64-bit; musl's are no larger.
    private const int OpaqueSize = 512;
    private const int O_RDONLY = 0, O_WRONLY = 1;
    private const int SIGKILL = 9, SIGSTOP = 19, LastStandardSignal = 31;

    private readonly string _path;
    private readonly byte* _attributes = (byte*)NativeMemory.AllocZeroed(OpaqueSize);
    private readonly byte* _actions = (byte*)NativeMemory.AllocZeroed(OpaqueSize);
    private readonly byte** _argv;
    private readonly byte** _envp;
    private readonly int _error;
    private bool _disposed;

    /// <param name="path">The program's file; PATH is not searched.</param>
    /// <param name="arguments">The whole argv.</param>
    /// <param name="workingDirectory">Where the child starts.</param>
    /// <param name="gate">A descriptor (O_PATH) of the FIFO that the child opens for reading before its exec.</param>
    /// <param name="opened">
    /// The number that the child opens it at: one of ours, so that no descriptor the program inherits is overwritten, and another than
    /// the gate's, because posix_spawn closes the number before it opens the path.
    /// </param>
    /// <param name="output">Where the child writes, its errors too, when it reads nothing; -1: it has this process's own descriptors.</param>
    public SpawnRequest(string path, IReadOnlyList<string> arguments, string workingDirectory, int gate, int opened, int output = -1)
    {
        _path = path;
        _argv = NativeStrings(arguments);
        _envp = NativeStrings(EnvironmentStrings());
        _error = Prepare(workingDirectory, gate, opened, output);
    }

    /// <summary>posix_spawn(3): returns after the child's exec, with the error number or 0.</summary>
    public int Spawn(out int pid)
    {
        int child = 0;
        int error = _error != 0 ? _error : NativeMethods.PosixSpawn(&child, _path, _actions, _attributes, _argv, _envp);
        pid = child;
        return error;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Free(_argv);
        Free(_envp);
        _ = NativeMethods.SpawnFileActionsDestroy(_actions);
        _ = NativeMethods.SpawnAttributesDestroy(_attributes);
        NativeMemory.Free(_actions);
        NativeMemory.Free(_attributes);
    }

    private int Prepare(string workingDirectory, int gate, int opened, int output)
    {
        const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8;
        byte* signals = stackalloc byte[128]; // sigset_t
        int error;
        if ((error = NativeMethods.SpawnAttributesInit(_attributes)) != 0 || (error = NativeMethods.SpawnFileActionsInit(_actions)) != 0)
            return error;
        _ = NativeMethods.SignalSetEmpty(signals);
        if ((error = NativeMethods.SpawnAttributesSetSignalMask(_attributes, signals)) != 0)
            return error;
        // The runtime ignores SIGPIPE and the shell may ignore others; ignored signals survive an exec (signal(7)), so all are put back.
        for (int signal = 1; signal <= LastStandardSignal; signal++)
        {
            if (signal is not (SIGKILL or SIGSTOP))
                _ = NativeMethods.SignalSetAdd(signals, signal);
        }
        if ((error = ForgetPending()) != 0)
            return error;
        if ((error = NativeMethods.SpawnAttributesSetDefaultSignals(_attributes, signals)) != 0
            || (error = NativeMethods.SpawnAttributesSetFlags(_attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)) != 0
            || (error = NativeMethods.SpawnFileActionsAddChangeDirectory(_actions, workingDirectory)) != 0
            || (output >= 0 && (error = Redirect(output)) != 0)
            // The last, but for its close: a program that is traced from its process's id on, not from its exec, sees little else than itself.
            || (error = NativeMethods.SpawnFileActionsAddOpen(_actions, opened, $"/proc/self/fd/{gate}", O_RDONLY, 0)) != 0)
        {
            return error;
        }
        return NativeMethods.SpawnFileActionsAddClose(_actions, opened);
    }

    // A number that is closed and used again until the fork is one of this process's own, which the program would not get either; one that is free is passed over (posix_spawn(3)).
    private int ForgetPending()
    {
        foreach (int number in BackgroundClose.Pending)
        {
            if (NativeMethods.SpawnFileActionsAddClose(_actions, number) is not 0 and var error)
                return error;
        }
        return 0;
    }

    // The descriptor itself is not inherited; the child opens it anew.
    private int Redirect(int output)
    {
        int error;
        if ((error = NativeMethods.SpawnFileActionsAddOpen(_actions, 0, "/dev/null", O_RDONLY, 0)) != 0)
            return error;
        for (int target = 1; target <= 2; target++)
        {
            if ((error = NativeMethods.SpawnFileActionsAddOpen(_actions, target, $"/proc/self/fd/{output}", O_WRONLY, 0)) != 0)
                return error;
        }
        return 0;
    }

    // The runtime keeps its own copy of the environment once a variable was set; libc's environ may be behind it.
    private static List<string> EnvironmentStrings()
    {
        var strings = new List<string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            strings.Add($"{entry.Key}={entry.Value}");
        return strings;
    }

    private static byte** NativeStrings(IReadOnlyList<string> strings)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        return array;
    }

    private static void Free(byte** strings)
    {
        for (byte** s = strings; *s != null; s++)
            Marshal.FreeCoTaskMem((nint)(*s));
        NativeMemory.Free(strings);
    }
}
