namespace PerfTrace.Interop;

/// <summary>System calls that libc does not wrap, each with its arguments typed.</summary>
internal static unsafe class SystemCalls
{
    /// <summary>perf_event_open(2). Returns the error number instead of throwing: many callers expect one.</summary>
    public static Errno PerfEventOpen(void* attributes, int pid, int cpu, int groupFd, ulong flags, out FileDescriptor? descriptor)
    {
        nint fd = NativeMethods.SystemCall(SystemCallNumbers.PerfEventOpen, (nint)attributes, pid, cpu, groupFd, (nint)flags);
        if (fd < 0)
        {
            descriptor = null;
            return KernelException.LastError;
        }
        descriptor = new FileDescriptor(fd);
        return Errno.None;
    }

    /// <summary>bpf(2). A negative return becomes the error number; otherwise the result is what the command returns.</summary>
    public static Errno Bpf(int command, void* attributes, uint size, out int result)
    {
        nint r = NativeMethods.SystemCall(SystemCallNumbers.Bpf, command, (nint)attributes, (nint)size, 0, 0);
        result = (int)r;
        return r < 0 ? KernelException.LastError : Errno.None;
    }

    /// <summary>
    /// Waits until no BPF program runs any more that began before: membarrier(2) with MEMBARRIER_CMD_GLOBAL is a grace period of RCU. A kernel with nohz_full CPUs has none to give and
    /// returns at once.
    /// </summary>
    public static void WaitForPrograms()
    {
        const int global = 1; // MEMBARRIER_CMD_GLOBAL
        NativeMethods.SystemCall(SystemCallNumbers.MemoryBarrier, global, 0, 0, 0, 0);
    }

    /// <summary>gettid(2): the kernel's id of the calling thread.</summary>
    public static int GetThreadId() => (int)NativeMethods.SystemCall(SystemCallNumbers.GetTid, 0, 0, 0, 0, 0);

    /// <summary>pidfd_open(2), Linux 5.3: a descriptor that is readable once the process has ended.</summary>
    /// <exception cref="KernelTargetGoneException">There is no such process.</exception>
    public static FileDescriptor PidfdOpen(int pid)
    {
        nint fd = NativeMethods.SystemCall(SystemCallNumbers.PidfdOpen, pid, 0, 0, 0, 0);
        return fd < 0
            ? throw KernelException.Create(KernelException.LastError, "pidfd_open", $"process {pid}")
            : new FileDescriptor(fd);
    }
}
