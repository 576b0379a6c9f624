using Microsoft.Win32.SafeHandles;

namespace PerfTrace.Interop;

/// <summary>A file descriptor that is closed exactly once: by <see cref="IDisposable.Dispose"/>, or by the finalizer at the latest.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private const int O_RDONLY = 0;
    private const int O_CLOEXEC = 0x80000;

    private nint _kept = -1;

    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    internal FileDescriptor(nint fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>An invalid descriptor, for calls that take -1 (an anonymous <c>mmap</c>, <c>group_fd</c> of a leader).</summary>
    internal static FileDescriptor None { get; } = new(-1);

    internal int Number => (int)handle;

    /// <summary>
    /// Takes over a descriptor that nobody else uses, to be closed behind this one and in the background: close(2) of some (a tracepoint's event) waits for a grace period of the kernel.
    /// </summary>
    internal void Keep(FileDescriptor other) => _kept = other.Detach();

    /// <summary>Gives the number away: whoever gets it closes it.</summary>
    internal nint Detach()
    {
        nint number = handle;
        SetHandleAsInvalid();
        return number;
    }

    /// <summary>open(2) with <c>O_CLOEXEC</c>; the flags default to reading.</summary>
    internal static FileDescriptor Open(string path, int flags = O_RDONLY)
    {
        while (true)
        {
            int fd = NativeMethods.Open(path, flags | O_CLOEXEC, 0);
            if (fd >= 0)
                return new FileDescriptor(fd);
            Errno errno = KernelException.LastError;
            if (errno != Errno.EINTR)
                throw KernelException.Create(errno, "open", path);
        }
    }

    /// <summary>read(2), again after EINTR. Returns the bytes read; 0 is the end.</summary>
    internal unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            while (true)
            {
                nint n = NativeMethods.Read(this, p, (nuint)buffer.Length);
                if (n >= 0)
                    return (int)n;
                Errno errno = KernelException.LastError;
                if (errno != Errno.EINTR)
                    throw KernelException.Create(errno, "read");
            }
        }
    }

    /// <summary>read(2) of a descriptor that is not to block: -1 when there is nothing now, 0 at the end.</summary>
    internal unsafe int ReadAvailable(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            while (true)
            {
                nint n = NativeMethods.Read(this, p, (nuint)buffer.Length);
                if (n >= 0)
                    return (int)n;
                Errno errno = KernelException.LastError;
                if (errno == Errno.EAGAIN)
                    return -1;
                if (errno != Errno.EINTR)
                    throw KernelException.Create(errno, "read");
            }
        }
    }

    /// <summary>readv(2) into two buffers with one system call, again after EINTR.</summary>
    internal unsafe int Read(Span<byte> first, Span<byte> second)
    {
        fixed (byte* p1 = first)
        fixed (byte* p2 = second)
        {
            NativeMethods.IoVector* vectors = stackalloc NativeMethods.IoVector[2];
            vectors[0] = new() { Base = (nint)p1, Length = (nuint)first.Length };
            vectors[1] = new() { Base = (nint)p2, Length = (nuint)second.Length };
            while (true)
            {
                nint n = NativeMethods.ReadVector(this, vectors, 2);
                if (n >= 0)
                    return (int)n;
                Errno errno = KernelException.LastError;
                if (errno != Errno.EINTR)
                    throw KernelException.Create(errno, "readv");
            }
        }
    }

    internal unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint n = NativeMethods.Write(this, p + done, (nuint)(buffer.Length - done));
                if (n >= 0)
                {
                    done += (int)n;
                    continue;
                }
                Errno errno = KernelException.LastError;
                if (errno != Errno.EINTR)
                    throw KernelException.Create(errno, "write");
            }
        }
    }

    /// <summary>ioctl(2). Returns what the kernel returned.</summary>
    internal int Control(nuint request, nint argument = 0)
    {
        while (true)
        {
            int result = NativeMethods.IoControl(this, request, argument);
            if (result >= 0)
                return result;
            Errno errno = KernelException.LastError;
            if (errno != Errno.EINTR)
                throw KernelException.Create(errno, "ioctl");
        }
    }

    /// <summary>fcntl(2) F_DUPFD_CLOEXEC: another number for the same open file, closed on exec.</summary>
    internal FileDescriptor Duplicate()
    {
        const int F_DUPFD_CLOEXEC = 1030, FirstAfterStandardStreams = 3;
        int fd = NativeMethods.FileControl(this, F_DUPFD_CLOEXEC, FirstAfterStandardStreams);
        return fd < 0 ? throw KernelException.Create(KernelException.LastError, "fcntl") : new FileDescriptor(fd);
    }

    /// <summary>fcntl(2) F_SETFL with <c>O_NONBLOCK</c> on or off.</summary>
    internal void SetNonBlocking(bool value)
    {
        const int F_GETFL = 3, F_SETFL = 4, O_NONBLOCK = 0x800;
        int flags = NativeMethods.FileControl(this, F_GETFL, 0);
        if (flags < 0 || NativeMethods.FileControl(this, F_SETFL, value ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0)
            throw KernelException.Create(KernelException.LastError, "fcntl");
    }

    // Linux releases the number even when close(2) reports EINTR or EIO (close(2), NOTES): never try again.
    protected override bool ReleaseHandle()
    {
        bool isClosed = NativeMethods.Close(handle) == 0 || KernelException.LastError != Errno.EBADF;
        if (_kept >= 0)
            BackgroundClose.Add(_kept);
        return isClosed;
    }
}
