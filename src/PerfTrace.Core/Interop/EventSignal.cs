namespace PerfTrace.Interop;

/// <summary>An eventfd(2) that wakes whoever waits for it with <see cref="Epoll"/>; it stays set until <see cref="Reset"/>.</summary>
internal sealed class EventSignal : IDisposable
{
    private const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;

    public EventSignal()
    {
        int fd = NativeMethods.EventFd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (fd < 0)
            throw KernelException.Create(KernelException.LastError, "eventfd");
        Descriptor = new FileDescriptor(fd);
    }

    public FileDescriptor Descriptor { get; }

    public void Set() => Descriptor.Write(BitConverter.GetBytes(1UL));

    public void Reset()
    {
        try
        {
            Descriptor.Read(stackalloc byte[8]);
        }
        catch (KernelException e) when (e.Errno == Errno.EAGAIN)
        {
            // It was not set.
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
