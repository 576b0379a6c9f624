using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>Decompresses xz with liblzma (lzma/base.h, lzma/container.h), which is loaded when first called.</summary>
internal static unsafe partial class XzStream
{
    private const string Library = "liblzma.so.5";
    /// <summary>What to say when it is not installed.</summary>
    public const string Advice = $"{Library} is not installed (the package liblzma5 on Debian and Ubuntu, xz-libs on Fedora)";

    private const int Ok = 0, StreamEnd = 1, Run = 0, Finish = 3;

    // What the decoder may take for itself: xz -9 needs 65 MB.
    private const ulong MostMemory = 128 << 20;

    /// <exception cref="InvalidDataException">It is no xz stream, or one that gives more than was allowed.</exception>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> bytes, int most)
    {
        Stream stream = default;
        int code = StartDecoder(&stream, MostMemory, 0);
        if (code != Ok)
            throw new InvalidDataException($"The xz decoder can not be started (error {code} of liblzma).");
        try
        {
            byte[] buffer = new byte[Math.Clamp(bytes.Length * 4L, 4096, most)];
            fixed (byte* input = bytes)
            {
                stream.NextIn = input;
                stream.AvailableIn = (nuint)bytes.Length;
                while (code != StreamEnd)
                {
                    int done = (int)stream.TotalOut;
                    if (done == buffer.Length)
                    {
                        if (done == most)
                            throw new InvalidDataException($"The xz stream gives more than {most:N0} bytes.");
                        Array.Resize(ref buffer, (int)Math.Min(most, buffer.Length * 2L));
                    }
                    fixed (byte* output = buffer)
                    {
                        stream.NextOut = output + done;
                        stream.AvailableOut = (nuint)(buffer.Length - done);
                        code = Code(&stream, stream.AvailableIn == 0 ? Finish : Run);
                    }
                    if (code is not (Ok or StreamEnd))
                        throw new InvalidDataException($"The xz stream is damaged at byte {stream.TotalIn:N0} (error {code} of liblzma).");
                }
            }
            return buffer.AsSpan(0, (int)stream.TotalOut).ToArray();
        }
        finally
        {
            End(&stream);
        }
    }

    [LibraryImport(Library, EntryPoint = "lzma_stream_decoder")]
    private static partial int StartDecoder(Stream* stream, ulong mostMemory, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    private static partial int Code(Stream* stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    private static partial void End(Stream* stream);

    /// <summary>lzma_stream.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Stream
    {
        public byte* NextIn;
        public nuint AvailableIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailableOut;
        public ulong TotalOut;
        public nint Allocator;
        public nint Internal;
        public nint Reserved1;
        public nint Reserved2;
        public nint Reserved3;
        public nint Reserved4;
        public ulong SeekPosition;
        public ulong Reserved5;
        public nuint Reserved6;
        public nuint Reserved7;
        public int Reserved8;
        public int Reserved9;
    }
}
