namespace PerfTrace.Interop;

/// <summary>Reads a pipe, FIFO, socket or terminal; a token ends the wait for what comes next, and for the one who will write.</summary>
internal sealed class PipeStream : Stream
{
    private static readonly TimeSpan StopPeriod = TimeSpan.FromMilliseconds(30);

    private readonly FileDescriptor _fd;
    private readonly Epoll _epoll;
    private readonly CancellationToken _stop;

    private PipeStream(FileDescriptor fd, Epoll epoll, CancellationToken stop)
    {
        _fd = fd;
        _epoll = epoll;
        _stop = stop;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a FIFO or device without waiting for its writer; null when the path is a file that is read otherwise, or can not be opened.</summary>
    public static PipeStream? TryOpen(string path, CancellationToken stop)
    {
        const int O_NONBLOCK = 0x800;
        try
        {
            return TryCreate(FileDescriptor.Open(path, O_NONBLOCK), stop);
        }
        catch (KernelException)
        {
            return null; // whoever opens it the usual way hears why
        }
    }

    /// <summary>The standard input; null when it is a file.</summary>
    public static PipeStream? TryStandardInput(CancellationToken stop)
    {
        var input = new FileDescriptor(0);
        try
        {
            return TryCreate(input.Duplicate(), stop);
        }
        finally
        {
            input.SetHandleAsInvalid(); // it stays open
            input.Dispose();
        }
    }

    public override int Read(Span<byte> buffer)
    {
        Span<long> tokens = stackalloc long[1];
        while (!_stop.IsCancellationRequested)
        {
            if (_epoll.Wait(tokens, StopPeriod) > 0 && _fd.ReadAvailable(buffer) is >= 0 and var read)
                return read;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _epoll.Dispose();
            _fd.Dispose();
        }
        base.Dispose(disposing);
    }

    private static PipeStream? TryCreate(FileDescriptor fd, CancellationToken stop)
    {
        var epoll = new Epoll();
        try
        {
            epoll.Add(fd, 0);
            return new PipeStream(fd, epoll, stop);
        }
        catch (KernelException e)
        {
            epoll.Dispose();
            fd.Dispose();
            if (e.Errno != Errno.EPERM)
                throw;
            return null; // a file, which is always ready (epoll_ctl(2))
        }
    }
}
