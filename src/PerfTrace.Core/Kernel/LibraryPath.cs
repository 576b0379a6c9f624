using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Kernel;

/// <summary>Finds the file that a shared library's name means, as the dynamic loader does: in the cache that ldconfig(8) makes.</summary>
public static class LibraryPath
{
    private const string Cache = "/etc/ld.so.cache";

    // struct cache_file_new of glibc's dl-cache.h: the magic, the number of entries, the bytes of the texts, 20 that are of no interest here.
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("glibc-ld.so.cache1.1");
    private const int CountAt = 20, HeaderSize = 48, EntrySize = 24, NameAt = 4, PathAt = 8;

    // Of an entry's flags: the machine that it is for.
    private const int MachineMask = 0xff00, X64 = 0x0300, Arm64 = 0x0a00;

    /// <summary>The library's absolute path; null when the cache has none of the name.</summary>
    /// <param name="name"><c>libc</c>, <c>libc.so</c> or <c>libc.so.6</c>.</param>
    public static string? Find(string name)
    {
        byte[] cache;
        try
        {
            cache = KernelFile.ReadBytes(Cache);
        }
        catch (KernelException)
        {
            return null; // a system without glibc has none
        }
        return Find(cache, name, RuntimeInformation.OSArchitecture == Architecture.Arm64 ? Arm64 : X64);
    }

    internal static string? Find(ReadOnlySpan<byte> cache, string name, int machine)
    {
        // The older form, where there is one, comes first: the newer begins at a multiple of 8 behind it, and its texts are counted from there.
        int start = cache.IndexOf(Magic);
        if (start < 0 || cache.Length < start + HeaderSize)
            return null;
        cache = cache[start..];
        string wanted = name.Contains(".so", StringComparison.Ordinal) ? name : name + ".so";
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(cache[CountAt..]);
        for (int i = 0; i < count && HeaderSize + ((i + 1) * EntrySize) <= cache.Length; i++)
        {
            ReadOnlySpan<byte> entry = cache.Slice(HeaderSize + (i * EntrySize), EntrySize);
            if ((BinaryPrimitives.ReadInt32LittleEndian(entry) & MachineMask) != machine)
                continue;
            string found = Text(cache, BinaryPrimitives.ReadUInt32LittleEndian(entry[NameAt..]));
            if (found == wanted || found.StartsWith(wanted + ".", StringComparison.Ordinal))
                return Text(cache, BinaryPrimitives.ReadUInt32LittleEndian(entry[PathAt..]));
        }
        return null;
    }

    private static string Text(ReadOnlySpan<byte> cache, uint at)
    {
        if (at >= cache.Length)
            return "";
        ReadOnlySpan<byte> text = cache[(int)at..];
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
