using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>Files without a name (memfd_create(2)).</summary>
internal static partial class MemoryFile
{
    private const uint MFD_CLOEXEC = 1;

    /// <summary>Makes one of some bytes; null when the kernel refuses.</summary>
    public static unsafe FileDescriptor? Create(string name, ReadOnlySpan<byte> bytes)
    {
        int number = MakeMemoryFile(name, MFD_CLOEXEC);
        if (number < 0)
            return null;
        var file = new FileDescriptor(number);
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint n = NativeMethods.Write(file, start + done, (nuint)(bytes.Length - done));
                if (n <= 0)
                {
                    file.Dispose();
                    return null;
                }
                done += (int)n;
            }
        }
        return file;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeMemoryFile(string name, uint flags);
}
