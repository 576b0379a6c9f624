using System.Buffers;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Files of procfs, sysfs and tracefs: their sizes lie, so they are read to their end.</summary>
internal static class KernelFile
{
    /// <summary>Reads a whole file as UTF-8 text; bytes that are none become U+FFFD.</summary>
    /// <exception cref="KernelException">open(2) or read(2) failed.</exception>
    public static string ReadText(string path) => Encoding.UTF8.GetString(ReadBytes(path));

    /// <summary>Reads a large file of sysfs whose size is told right: into an array of that size at once.</summary>
    /// <exception cref="KernelException">open(2) or read(2) failed.</exception>
    public static byte[] ReadBytes(string path, int size)
    {
        if (size == 0)
            return ReadBytes(path);
        using FileDescriptor fd = FileDescriptor.Open(path);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(size);
        int length = 0;
        while (length < size && fd.Read(bytes.AsSpan(length)) is > 0 and var n)
            length += n;
        return length == size ? bytes : bytes[..length];
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="KernelException">open(2) or read(2) failed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped: the kernel makes the text of some files while they are read, for a tenth of a second.</exception>
    public static byte[] ReadBytes(string path, CancellationToken stop = default)
    {
        using FileDescriptor fd = FileDescriptor.Open(path);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        int length = 0;
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
                int n = fd.Read(buffer.AsSpan(length));
                if (n == 0)
                    return buffer[..length];
                length += n;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
