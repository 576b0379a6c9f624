using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>
/// Closes descriptors whose close(2) takes long: the last event of a tracepoint waits for a grace period of RCU, 40 ms or so each (perf_trace_event_unreg in
/// kernel/trace/trace_event_perf.c).
/// </summary>
/// <remarks>
/// A thread with a table of descriptors of its own (close_range(2) with CLOSE_RANGE_UNSHARE) does the waiting, so that the numbers are free at once in the process. As long as they stood in
/// its table, each process that it starts would get them: closing them here would then cost nothing and go on at once, and the new process would wait for all of it in its execve(2).
/// The process's end closes what is left then.
/// </remarks>
internal static unsafe class BackgroundClose
{
    private const int MostAtOnce = 4;

    private static readonly Queue<int> Waiting = new();
    private static readonly List<Thread> Threads = [];
    private static readonly Lock Guard = new();

    // While a table is copied the copy holds all that is open: a link whose last descriptor was closed in that moment would have its program go on behind the close.
    private static readonly ReaderWriterLockSlim Copying = new();
    private static bool isRunning;

    /// <summary>Some of what was given away is still being closed: the kernel may call a probe busy that nobody uses any more.</summary>
    public static bool IsBusy
    {
        get
        {
            lock (Guard)
            {
                Threads.RemoveAll(static t => !t.IsAlive);
                return Waiting.Count > 0 || Threads.Count > 0;
            }
        }
    }

    /// <summary>close(2), and not while a table is copied: what ends with the last descriptor has ended when it returns.</summary>
    public static bool CloseNow(nint descriptor)
    {
        Copying.EnterReadLock();
        try
        {
            // Linux releases the number even when close(2) reports EINTR or EIO (close(2), NOTES): never try again.
            return NativeMethods.Close(descriptor) == 0 || KernelException.LastError != Errno.EBADF;
        }
        finally
        {
            Copying.ExitReadLock();
        }
    }

    /// <summary>Takes over descriptors that nobody else uses. Their numbers are free when it returns, and the kernel's part goes on behind it.</summary>
    public static void Close(IReadOnlyList<FileDescriptor> descriptors)
    {
        int[] numbers = [.. descriptors.Where(static d => d is { IsInvalid: false, IsClosed: false }).Select(static d => (int)d.Detach())];
        if (numbers.Length > 0)
            Begin(numbers);
    }

    /// <summary>Takes over the number of a descriptor, and returns at once.</summary>
    public static void Add(nint descriptor)
    {
        lock (Guard)
        {
            Waiting.Enqueue((int)descriptor);
            if (isRunning)
                return;
            isRunning = true;
        }
        new Thread(Run) { IsBackground = true, Name = "PerfTrace close" }.Start();
    }

    // Those that came while the ones before were handed over go together.
    private static void Run()
    {
        var threads = new Queue<Thread>();
        while (true)
        {
            int[] next;
            lock (Guard)
            {
                if (Waiting.Count == 0)
                {
                    isRunning = false;
                    return;
                }
                next = [.. Waiting];
                Waiting.Clear();
            }
            if (threads.Count == MostAtOnce)
                threads.Dequeue().Join();
            threads.Enqueue(Begin(next));
        }
    }

    private static Thread Begin(int[] numbers)
    {
        Array.Sort(numbers);
        var closing = new Closing(numbers);
        var thread = new Thread(closing.Run, 256 * 1024) { IsBackground = true, Name = "PerfTrace close" };
        bool isApart;
        Copying.EnterWriteLock();
        try
        {
            thread.Start();
            isApart = closing.WaitUntilApart();
        }
        finally
        {
            Copying.ExitWriteLock();
        }
        lock (Guard)
        {
            Threads.RemoveAll(static t => !t.IsAlive);
            Threads.Add(thread);
        }
        if (isApart)
        {
            // Not the last references: the kernel takes the numbers away, and no more.
            foreach (int number in numbers)
                _ = NativeMethods.Close(number);
            closing.GoOn();
        }
        return thread;
    }

    /// <summary>What one thread closes.</summary>
    private sealed class Closing
    {
        private const int Undecided = 0, Apart = 1, Shared = 2, Last = 3;

        // The state, and behind it the numbers, in the order of their size.
        private readonly int[] _words;

        public Closing(int[] numbers)
        {
            _words = GC.AllocateUninitializedArray<int>(numbers.Length + 1, pinned: true);
            _words[0] = Undecided;
            numbers.CopyTo(_words, 1);
        }

        /// <summary>True: the thread has references of its own. False: it closes those of the process.</summary>
        public bool WaitUntilApart()
        {
            var pause = new SpinWait();
            while (Volatile.Read(ref _words[0]) == Undecided)
                pause.SpinOnce(sleep1Threshold: -1);
            return _words[0] == Apart;
        }

        /// <summary>The references of the thread are the last ones.</summary>
        public void GoOn() => Volatile.Write(ref _words[0], Last);

        public void Run()
        {
            nint program = NativeLibrary.GetMainProgramHandle();
            CloseAll((int*)Unsafe.AsPointer(ref _words[0]), _words.Length - 1, SystemCallNumbers.CloseRange,
                (delegate* unmanaged<nint, nint, nint, nint, nint>)NativeLibrary.GetExport(program, "syscall"), (delegate* unmanaged<int, int>)NativeLibrary.GetExport(program, "close"),
                (delegate* unmanaged<int>)NativeLibrary.GetExport(program, "sched_yield"));
        }

        // Compiled as a whole before it runs, and it calls nothing that would have to be compiled: the compiler maps its memory through a descriptor, which this thread's table lacks.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void CloseAll(int* words, int count, nint closeRange, delegate* unmanaged<nint, nint, nint, nint, nint> systemCall, delegate* unmanaged<int, int> close,
            delegate* unmanaged<int> yield)
        {
            const int unshare = 2; // CLOSE_RANGE_UNSHARE of include/uapi/linux/close_range.h
            nint largest = unchecked((nint)uint.MaxValue); // the kernel looks at 32 bits
            int* numbers = words + 1;
            // Nothing else may live longer for this thread's sake: the other end of a pipe waits for its last descriptor. The first range begins with a standard stream and is never empty.
            if (numbers[0] == 0 || systemCall(closeRange, 0, numbers[0] - 1, unshare) != 0)
            {
                Volatile.Write(ref *words, Shared); // a seccomp filter, perhaps
            }
            else
            {
                for (int i = 1; i < count; i++)
                {
                    if (numbers[i] > numbers[i - 1] + 1)
                        systemCall(closeRange, numbers[i - 1] + 1, numbers[i] - 1, 0);
                }
                systemCall(closeRange, numbers[count - 1] + 1, largest, 0);
                Volatile.Write(ref *words, Apart);
                while (Volatile.Read(ref *words) != Last)
                    yield();
            }
            // The numbers are free again whatever close(2) says (close(2), NOTES).
            for (int i = 0; i < count; i++)
                close(numbers[i]);
        }
    }
}
