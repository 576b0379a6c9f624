using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PerfTrace.Interop;

/// <summary>
/// A child process that waits, between its fork and its exec, until <see cref="Release"/>: counters opened on
/// <see cref="ProcessId"/> in the meantime with <c>enable_on_exec</c> see the program from its first instruction.
/// </summary>
/// <remarks>
/// A runtime with threads can not fork(2) by itself: the child would have only one of them. posix_spawn(3) can, and its file actions
/// run in the child before the exec. The first of them opens a FIFO for reading, which blocks (fifo(7)) until the parent opens
/// the other end. posix_spawn does not return before the exec, so it runs on a thread of its own; the child's id is read from
/// /proc/self/task/TID/children meanwhile. That thread then waits for the child: the child is reaped whoever drops this object.
/// </remarks>
internal sealed unsafe class GatedProcess : IDisposable
{
    private const int O_RDWR = 2, O_PATH = 0x200000;
    private const int SIGKILL = 9, SIGTERM = 15;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(1);

    private static readonly HashSet<GatedProcess> Ending = WatchExit();

    private static volatile bool s_isWaitingCompiled;

    private readonly string _path;
    private readonly string[] _arguments;
    private readonly string _workingDirectory;
    private readonly string _threadName = $"gate-{Random.Shared.Next():x8}";
    private readonly FileDescriptor _gate;
    private readonly FileDescriptor _reserved;
    private readonly TaskCompletionSource<int> _spawnResult = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProcessExit?> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _signalLock = new();
    private volatile int _spawnerThreadId;
    private FileDescriptor? _opened;
    private bool _reaped;
    private bool _abandoned;
    private long _endedAt;

    private GatedProcess(string path, IReadOnlyList<string> arguments, string workingDirectory)
    {
        _path = path;
        _arguments = [.. arguments];
        _workingDirectory = workingDirectory;
        _gate = MakeGate();
        // A number that is ours, for the child to open the gate at: no descriptor that the program inherits is overwritten.
        _reserved = _gate.Duplicate();
    }

    public int ProcessId { get; private set; }

    /// <summary>When the gate was opened, by <see cref="Stopwatch"/>.</summary>
    public long ReleasedAt { get; private set; }

    /// <summary>When the child was seen to have ended, by <see cref="Stopwatch"/>; 0 before.</summary>
    public long EndedAt => Volatile.Read(ref _endedAt);

    /// <summary>Readable once the child has ended.</summary>
    public EventSignal Ended { get; } = new();

    /// <summary>
    /// Forks; the child stands at the gate when this returns.
    /// </summary>
    /// <param name="path">The program's file; PATH is not searched.</param>
    /// <param name="arguments">The whole argv, the program's name first.</param>
    /// <param name="workingDirectory">The directory that the child starts in.</param>
    /// <exception cref="KernelException">posix_spawn failed; no child is left.</exception>
    public static GatedProcess Start(string path, IReadOnlyList<string> arguments, string workingDirectory)
    {
        var process = new GatedProcess(path, arguments, workingDirectory);
        try
        {
            new Thread(process.SpawnAndWait, 256 * 1024) { IsBackground = true, Name = process._threadName }.Start();
            process.ProcessId = process.AwaitChild();
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Lets the child exec, and returns when it has.</summary>
    /// <exception cref="KernelException">The exec failed: ENOENT, EACCES, ENOEXEC, E2BIG and the like. The child is gone.</exception>
    public void Release()
    {
        ReleasedAt = Stopwatch.GetTimestamp();
        OpenGate();
        int error = _spawnResult.Task.GetAwaiter().GetResult();
        if (error != 0)
            throw KernelException.Create((Errno)error, "execve", _path);
    }

    /// <summary>Waits for the child's end. Null: something else in this process (SIGCHLD ignored) took the status.</summary>
    public ProcessExit? WaitForExit() => _exit.Task.GetAwaiter().GetResult();

    public bool WaitForExit(TimeSpan timeout) => _exit.Task.Wait(timeout);

    /// <summary>Asks the child to end (SIGTERM). Nothing happens when it has ended.</summary>
    public void Terminate() => Signal(SIGTERM);

    /// <summary>
    /// Ends a child that is still at the gate, and waits for that; one that runs is asked to end, and killed when it has not after a second or when this process ends. Never leaves a
    /// half-started child.
    /// </summary>
    public void Dispose()
    {
        bool started = _spawnResult.Task.IsCompleted;
        if (!started && ProcessId != 0)
        {
            Signal(SIGKILL);
            _ = WaitForExit(KillGrace);
        }
        else if (!started)
        {
            OpenGate(); // A child that was never found must not stand there for ever either; its thread reaps it.
        }
        else if (!_exit.Task.IsCompleted)
        {
            EndSoon();
        }
        _opened?.Dispose();
        _gate.Dispose();
        _reserved.Dispose();
        bool ended;
        lock (_signalLock)
        {
            _abandoned = true;
            ended = _reaped;
        }
        // Otherwise the thread that waits for the child disposes of it.
        if (ended)
            Ended.Dispose();
    }

    private static FileDescriptor MakeGate()
    {
        string[] candidates = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "", "/dev/shm", Path.GetTempPath(), "/run"];
        Errno errno = Errno.ENOENT;
        foreach (string directory in candidates)
        {
            if (directory.Length == 0)
                continue;
            string path = Path.Combine(directory, $"perftrace-gate-{Environment.ProcessId}-{Guid.NewGuid():N}");
            if (NativeMethods.MakeFifo(path, 0b110_000_000) < 0)
            {
                errno = KernelException.LastError;
                continue;
            }
            try
            {
                // O_PATH neither blocks nor counts as a reader; the name is not needed after this.
                return FileDescriptor.Open(path, O_PATH);
            }
            finally
            {
                _ = NativeMethods.Unlink(path);
            }
        }
        throw KernelException.Create(errno, "mkfifo", string.Join(", ", candidates),
            "Starting a command needs one directory that can be written to: set TMPDIR.");
    }

    private void OpenGate()
    {
        // Read and write: fifo(7) says that this neither blocks nor fails on Linux, whether the child has arrived or not.
        // It stays open, so that a child that arrives later passes too.
        _opened ??= FileDescriptor.Open($"/proc/self/fd/{_gate.Number}", O_RDWR);
    }

    private void EndSoon()
    {
        Terminate();
        lock (Ending)
            Ending.Add(this);
        _ = Task.WhenAny(_exit.Task, Task.Delay(KillGrace)).ContinueWith(_ => Kill(), TaskScheduler.Default);
    }

    private void Kill()
    {
        Signal(SIGKILL); // nothing happens when it has ended
        lock (Ending)
            Ending.Remove(this);
    }

    private static HashSet<GatedProcess> WatchExit()
    {
        var ending = new HashSet<GatedProcess>();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            lock (ending)
            {
                foreach (GatedProcess process in ending)
                    process.Signal(SIGKILL);
            }
        };
        return ending;
    }

    private void Signal(int signal)
    {
        lock (_signalLock)
        {
            // Under the lock that the reaper takes: a reaped id may belong to somebody else.
            if (!_reaped && ProcessId != 0)
                _ = NativeMethods.Kill(ProcessId, signal);
        }
    }

    /// <summary>The child of the spawning thread. Its id is known before posix_spawn returns, which is after the exec.</summary>
    private int AwaitChild()
    {
        long deadline = Environment.TickCount64 + (long)StartTimeout.TotalMilliseconds;
        var pause = new SpinWait();
        while (true)
        {
            if (_spawnResult.Task.IsCompleted)
            {
                int error = _spawnResult.Task.Result;
                throw KernelException.Create(error == 0 ? Errno.ECHILD : (Errno)error, "posix_spawn", _path);
            }
            int thread = _spawnerThreadId;
            if (thread != 0 && FindChild(thread) is { } pid)
                return pid;
            if (Environment.TickCount64 > deadline)
                throw new KernelException(Errno.ECHILD, "posix_spawn", _path, "The child did not appear in /proc within 10 seconds.");
            // Without the 1 ms sleeps that SpinWait falls into by itself: the child is there within some 100 µs.
            pause.SpinOnce(sleep1Threshold: 200);
        }
    }

    private int? FindChild(int thread)
    {
        string path = $"/proc/self/task/{thread}/children";
        if (File.Exists(path))
        {
            // "4711 " for the one child that this thread can have.
            return int.TryParse(File.ReadAllText(path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        // A kernel without CONFIG_PROC_CHILDREN: the child still bears the name of the thread that made it, until its exec.
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out int candidate) || candidate == Environment.ProcessId)
                continue;
            try
            {
                if (File.ReadAllText($"{directory}/comm").TrimEnd('\n') == _threadName)
                    return candidate;
            }
            catch (IOException)
            {
                // It ended between the listing and the reading.
            }
        }
        return null;
    }

    private void SpawnAndWait()
    {
        const int PR_SET_NAME = 15;
        fixed (byte* name = Encoding.ASCII.GetBytes(_threadName + '\0'))
            _ = NativeMethods.ProcessControl(PR_SET_NAME, name, 0, 0, 0);
        CompileWaiting();
        _spawnerThreadId = SystemCalls.GetThreadId();

        // Disposed of after the child's end is noted: it would delay that.
        using CommandOutput? output = CommandOutput.Create();
        using var request = new SpawnRequest(_path, _arguments, _workingDirectory, _gate.Number, _reserved.Number, output?.Descriptor ?? -1);
        int error = request.Spawn(out int pid);
        output?.Start();
        if (error != 0)
        {
            Finish(null);
            _spawnResult.SetResult(error);
            return;
        }
        // Someone who waits in Release goes on from here.
        _spawnResult.SetResult(0);

        long* usage = stackalloc long[ProcessExit.ResourceUsageSize / sizeof(long)];
        int status;
        // The zombie keeps its id until wait4 takes it, so the id stays valid for Signal up to the lock below.
        WaitUntilZombie(pid);
        Volatile.Write(ref _endedAt, Stopwatch.GetTimestamp());
        int result;
        lock (_signalLock)
        {
            do
                result = NativeMethods.Wait4(pid, &status, 0, usage);
            while (result < 0 && KernelException.LastError == Errno.EINTR);
            _reaped = true;
        }
        output?.Finish();
        Finish(result == pid ? ProcessExit.From(status, new ReadOnlySpan<long>(usage, 18)) : null);
    }

    // What runs between the child's exec and the moment its end is noted is compiled before: the first command of a session would
    // otherwise seem to last up to 2 ms longer (0.35 instead of 0.70 CPUs utilized for `true`).
    private static void CompileWaiting()
    {
        if (s_isWaitingCompiled)
            return;
        new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously).SetResult(0);
        WaitUntilZombie(Environment.ProcessId); // no child of ours: ECHILD at once
        s_isWaitingCompiled = true;
    }

    // waitid(2) with WNOWAIT needs no descriptor: none may be left when a child at the gate is to be ended.
    private static void WaitUntilZombie(int pid)
    {
        const int P_PID = 1, WEXITED = 4, WNOWAIT = 0x01000000;
        byte* information = stackalloc byte[128];
        while (NativeMethods.WaitId(P_PID, pid, information, WEXITED | WNOWAIT) < 0 && KernelException.LastError == Errno.EINTR)
        {
            // A signal interrupted the wait.
        }
    }

    private void Finish(ProcessExit? exit)
    {
        bool abandoned;
        _exit.SetResult(exit);
        lock (_signalLock)
        {
            _reaped = true;
            abandoned = _abandoned;
            if (!abandoned)
                Ended.Set();
        }
        if (abandoned)
            Ended.Dispose();
    }
}
