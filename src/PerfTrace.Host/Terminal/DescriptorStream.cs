using System.Runtime.InteropServices;
using PerfTrace.Host.Running;

namespace PerfTrace.Host.Terminal;

/// <summary>
/// Writes to an inherited descriptor with write(2) and nothing else. .NET's console stream hides that the reader of a pipe has gone, and its
/// file stream keeps an offset of its own, which would overwrite what a child process writes to the same file.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int EIntr = 4;
    private const int EAgain = 11;
    private const int EPipe = 32;
    private const short PollOut = 4;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = Write(descriptor, buffer, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case EIntr:
                    break;
                case EAgain:
                    // Another process made the terminal or the pipe non-blocking.
                    var wait = new PollDescriptor { Descriptor = descriptor, Events = PollOut };
                    _ = Poll(ref wait, 1, -1);
                    break;
                case EPipe:
                    throw new OutputClosedException(Marshal.GetPInvokeErrorMessage(errno));
                default:
                    throw new IOException($"Cannot write to descriptor {descriptor}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    /// <summary>struct pollfd of poll(2).</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
