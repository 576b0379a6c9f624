using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>Compresses records as <c>perf record -z</c> does, with libzstd (ZSTD_compressStream2 of zstd.h): one stream through all records of a file.</summary>
internal sealed unsafe partial class ZstdCompressor : IDisposable
{
    /// <summary>perf-record(1), -z.</summary>
    public const int DefaultLevel = 1;

    /// <summary>So many bytes are compressed at a time: what one record is decompressed to is never more.</summary>
    public const int ChunkSize = 512 << 10;

    private const string Library = "libzstd.so.1";
    private const int CompressionLevel = 100, EndFlush = 1; // ZSTD_c_compressionLevel, ZSTD_e_flush
    private const int LongestRecord = ushort.MaxValue - 7;

    private readonly byte[] _record = new byte[LongestRecord];
    private nint _context = Create();

    /// <summary>Plain bytes so far.</summary>
    public long Input { get; private set; }

    /// <summary>Bytes that came out.</summary>
    public long Output { get; private set; }

    // ZSTD_inBuffer and ZSTD_outBuffer.
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }

    /// <summary>Compresses some bytes; the output gets whole PERF_RECORD_COMPRESSED that hold all of them.</summary>
    /// <exception cref="IOException">libzstd failed.</exception>
    public void Compress(ReadOnlySpan<byte> bytes, Action<ReadOnlySpan<byte>> output)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, ChunkSize);
            CompressChunk(bytes[..length], output);
            bytes = bytes[length..];
        }
    }

    public void Dispose()
    {
        if (_context == 0)
            return;
        _ = FreeStream(_context);
        _context = 0;
    }

    private void CompressChunk(ReadOnlySpan<byte> chunk, Action<ReadOnlySpan<byte>> output)
    {
        fixed (byte* source = chunk, record = _record)
        {
            var input = new Buffer { Start = source, Size = (nuint)chunk.Length };
            nuint left;
            do
            {
                var room = new Buffer { Start = record + PerfRing.HeaderSize, Size = LongestRecord - PerfRing.HeaderSize };
                left = CompressStream(_context, &room, &input, EndFlush);
                if (IsError(left) != 0)
                    throw new IOException($"libzstd can not compress the records: {Marshal.PtrToStringUTF8(ErrorName(left))}.");
                int size = PerfRing.HeaderSize + (int)room.Position;
                if (size == PerfRing.HeaderSize)
                    continue;
                *(ulong*)record = PerfDataRecordNames.Compressed | ((ulong)size << 48);
                Output += size;
                output(_record.AsSpan(0, size));
            }
            while (left != 0 || input.Position < input.Size);
        }
        Input += chunk.Length;
    }

    private static nint Create()
    {
        try
        {
            nint context = CreateStream();
            if (context == 0)
                throw new InsufficientMemoryException("libzstd has no memory for a stream.");
            _ = SetParameter(context, CompressionLevel, DefaultLevel);
            return context;
        }
        catch (DllNotFoundException e)
        {
            throw new NotSupportedException($"-Compress needs {Library}, which is not installed (the package libzstd1 on Debian and Ubuntu, libzstd on Fedora).", e);
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createCStream")]
    private static partial nint CreateStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCStream")]
    private static partial nuint FreeStream(nint stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(nint stream, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressStream2")]
    private static partial nuint CompressStream(nint stream, Buffer* output, Buffer* input, int directive);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint ErrorName(nuint code);
}
