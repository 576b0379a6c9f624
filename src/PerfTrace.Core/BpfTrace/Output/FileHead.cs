using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>The beginning of a file.</summary>
internal static class FileHead
{
    private const int O_NONBLOCK = 0x800;

    /// <summary>At most so many bytes of a file as text. What waits for others, a pipe or a terminal, gives what is there.</summary>
    /// <exception cref="KernelException">open(2) or read(2) failed.</exception>
    public static string Read(string path, int most)
    {
        using FileDescriptor file = FileDescriptor.Open(path, O_NONBLOCK);
        byte[] bytes = new byte[most];
        int length = 0;
        while (length < most && file.Read(bytes.AsSpan(length)) is > 0 and var n)
            length += n;
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
