using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using PerfTrace.Interop;

namespace PerfTrace.Perf;

/// <summary>Opens recordings: files, compressed files, pipes, the standard input.</summary>
public static class PerfDataStream
{
    /// <summary>The path that stands for the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Opens a recording. One that was compressed as a whole (gzip(1), zstd(1)) is unpacked into a temporary file without a name.</summary>
    /// <param name="path">Its path, or <see cref="StandardInput"/>.</param>
    /// <param name="stop">Ends what is read of a pipe as if it ended there.</param>
    /// <exception cref="NotSupportedException">It is a directory, as <c>perf record --threads</c> writes.</exception>
    /// <exception cref="IOException">It can not be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="PerfDataException">What was compressed is damaged.</exception>
    public static Stream Open(string path, CancellationToken stop = default)
    {
        if (path == StandardInput)
            return (Stream?)PipeStream.TryStandardInput(stop) ?? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 1);
        if (Directory.Exists(path))
            throw new NotSupportedException($"'{path}' is a directory, not a file. (perf record --threads writes directories; the files in them are no perf.data of their own.)");
        if (PipeStream.TryOpen(path, stop) is { } pipe)
            return pipe;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        try
        {
            return Unpack(file, stop);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Stream Unpack(FileStream file, CancellationToken stop)
    {
        Span<byte> magic = stackalloc byte[4];
        int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        magic = magic[..read];
        // RFC 1952 and RFC 8878.
        bool isGzip = magic.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]), isZstd = magic.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]);
        if (!isGzip && !isZstd)
            return file;
        // Made for its owner alone, and nameless at once: it goes with the process, however that ends.
        string path = Path.GetTempFileName();
        var plain = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        try
        {
            File.Delete(path);
            if (isGzip)
                UnpackGzip(file, plain, stop);
            else
                UnpackZstd(file, plain, stop);
            plain.Position = 0;
        }
        catch
        {
            plain.Dispose();
            throw;
        }
        file.Dispose();
        return plain;
    }

    private static void UnpackGzip(FileStream file, FileStream plain, CancellationToken stop)
    {
        using var gzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (!stop.IsCancellationRequested && gzip.Read(buffer) is > 0 and var read)
                plain.Write(buffer, 0, read);
        }
        catch (InvalidDataException e)
        {
            throw new PerfDataException(file.Position, $"It can not be unpacked: {e.Message}");
        }
    }

    private static void UnpackZstd(FileStream file, FileStream plain, CancellationToken stop)
    {
        using var zstd = new ZstdStream();
        byte[] buffer = new byte[1 << 16];
        for (long offset = 0; !stop.IsCancellationRequested && file.Read(buffer) is > 0 and var read; offset += read)
            zstd.Decompress(buffer.AsSpan(0, read), offset, plain.Write);
    }
}
