using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>Decompresses what <c>perf record -z</c> has compressed, with libzstd (ZSTD_decompressStream of zstd.h): one stream through all records.</summary>
internal sealed unsafe partial class ZstdStream : IDisposable
{
    private const string Library = "libzstd.so.1";

    private readonly byte[] _plain = new byte[1 << 16];
    private nint _context = Create();

    // ZSTD_inBuffer and ZSTD_outBuffer.
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }

    /// <summary>Decompresses a piece; what comes out is given in pieces that are there until the next.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="offset">Where in the file it is, for the error.</param>
    /// <param name="output">Gets what comes out.</param>
    /// <exception cref="PerfDataException">It is no zstd stream.</exception>
    public void Decompress(ReadOnlySpan<byte> bytes, long offset, Action<ReadOnlySpan<byte>> output)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        fixed (byte* source = bytes, target = _plain)
        {
            var input = new Buffer { Start = source, Size = (nuint)bytes.Length };
            Buffer room;
            do
            {
                room = new Buffer { Start = target, Size = (nuint)_plain.Length };
                nuint result = DecompressStream(_context, &room, &input);
                if (IsError(result) != 0)
                    throw new PerfDataException(offset + (long)input.Position, $"The compressed records can not be read: {Marshal.PtrToStringUTF8(ErrorName(result))}.");
                output(_plain.AsSpan(0, (int)room.Position));
            }
            // A full buffer may mean that there is more.
            while (input.Position < input.Size || room.Position == room.Size);
        }
    }

    public void Dispose()
    {
        if (_context == 0)
            return;
        _ = FreeStream(_context);
        _context = 0;
    }

    private static nint Create()
    {
        try
        {
            nint context = CreateStream();
            return context != 0 ? context : throw new InsufficientMemoryException("libzstd has no memory for a stream.");
        }
        catch (DllNotFoundException e)
        {
            throw new NotSupportedException($"The records are compressed with zstd, and {Library} is not installed (the package libzstd1 on Debian and Ubuntu, libzstd on Fedora).", e);
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial nint CreateStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeStream(nint stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(nint stream, Buffer* output, Buffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint ErrorName(nuint code);
}
