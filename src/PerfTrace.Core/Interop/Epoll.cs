using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>epoll(7): waits for any of several descriptors to become readable.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2;
    private const uint EPOLLIN = 1, EPOLLET = 1U << 31;

    // struct epoll_event is packed on x86-64 alone (EPOLL_PACKED in include/uapi/linux/eventpoll.h): 12 bytes there, 16 elsewhere.
    private static readonly int EntrySize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = EntrySize - 8;

    private readonly FileDescriptor _fd;

    public Epoll()
    {
        int fd = NativeMethods.EpollCreate(EPOLL_CLOEXEC);
        if (fd < 0)
            throw KernelException.Create(KernelException.LastError, "epoll_create1");
        _fd = new FileDescriptor(fd);
    }

    /// <summary>Waits for <paramref name="fd"/> too; <paramref name="token"/> names it in what <see cref="Wait"/> returns.</summary>
    /// <param name="fd">What to wait for.</param>
    /// <param name="token">Its name.</param>
    /// <param name="onChange">Tell of it once each time it becomes ready, and not as long as it is.</param>
    public void Add(FileDescriptor fd, long token, bool onChange = false)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = EPOLLIN | (onChange ? EPOLLET : 0);
        *(long*)(entry + TokenOffset) = token;
        if (NativeMethods.EpollControl(_fd, EPOLL_CTL_ADD, fd, entry) < 0)
            throw KernelException.Create(KernelException.LastError, "epoll_ctl");
    }

    public void Remove(FileDescriptor fd)
    {
        byte* entry = stackalloc byte[16];
        if (NativeMethods.EpollControl(_fd, EPOLL_CTL_DEL, fd, entry) < 0)
            throw KernelException.Create(KernelException.LastError, "epoll_ctl");
    }

    /// <summary>
    /// Waits until something is readable or the time is over; writes the tokens of what is readable and returns how many.
    /// A null timeout waits without end. An interrupted wait returns 0: the caller looks at its clock anyway.
    /// </summary>
    public int Wait(Span<long> tokens, TimeSpan? timeout)
    {
        const int Most = 64;
        int limit = Math.Min(tokens.Length, Most);
        byte* entries = stackalloc byte[Most * 16];
        // Rounded up: a wait that ends early would make its caller spin for the rest of the millisecond.
        int milliseconds = timeout is { } t ? (int)Math.Clamp(Math.Ceiling(t.TotalMilliseconds), 0, int.MaxValue) : -1;
        int n = NativeMethods.EpollWait(_fd, entries, limit, milliseconds);
        if (n < 0)
        {
            Errno errno = KernelException.LastError;
            return errno == Errno.EINTR ? 0 : throw KernelException.Create(errno, "epoll_wait");
        }
        for (int i = 0; i < n; i++)
            tokens[i] = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(entries + (i * EntrySize) + TokenOffset, 8));
        return n;
    }

    public void Dispose() => _fd.Dispose();
}
