using System.Buffers.Binary;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel;

public sealed class LibraryPathTests
{
    private const int X64 = 0x0300;

    // A cache as ldconfig writes it: entries of flags, key, value and 12 bytes more, then the texts.
    private static byte[] Cache(int before, params (int Flags, string Name, string Path)[] libraries)
    {
        const int header = 48, entry = 24;
        int texts = header + (libraries.Length * entry);
        byte[] cache = new byte[texts];
        Encoding.ASCII.GetBytes("glibc-ld.so.cache1.1").CopyTo(cache, 0);
        BinaryPrimitives.WriteInt32LittleEndian(cache.AsSpan(20), libraries.Length);
        var tail = new List<byte>();
        int Add(string text)
        {
            int at = texts + tail.Count;
            tail.AddRange([.. Encoding.UTF8.GetBytes(text), 0]);
            return at;
        }
        for (int i = 0; i < libraries.Length; i++)
        {
            Span<byte> place = cache.AsSpan(header + (i * entry));
            BinaryPrimitives.WriteInt32LittleEndian(place, libraries[i].Flags);
            BinaryPrimitives.WriteInt32LittleEndian(place[4..], Add(libraries[i].Name));
            BinaryPrimitives.WriteInt32LittleEndian(place[8..], Add(libraries[i].Path));
        }
        return [.. new byte[before], .. cache, .. tail];
    }

    [Theory]
    [InlineData("libc", "/lib/x86_64/libc.so.6")]
    [InlineData("libc.so", "/lib/x86_64/libc.so.6")]
    [InlineData("libc.so.6", "/lib/x86_64/libc.so.6")]
    [InlineData("libc.so.5", null)]
    [InlineData("libcap", "/lib/x86_64/libcap.so.2")]
    [InlineData("lib", null)]
    public void ALibraryIsFoundByItsName(string name, string? path)
    {
        byte[] cache = Cache(0, (0x0003, "libc.so.6", "/lib32/libc.so.6"), (0x0303, "libcap.so.2", "/lib/x86_64/libcap.so.2"), (0x0303, "libc.so.6", "/lib/x86_64/libc.so.6"));

        Assert.Equal(path, LibraryPath.Find(cache, name, X64));
    }

    [Fact]
    public void TheOlderFormMayStandBefore() => Assert.Equal("/lib/libm.so.6", LibraryPath.Find(Cache(64, (0x0303, "libm.so.6", "/lib/libm.so.6")), "libm", X64));

    [Fact]
    public void DamagedOnesHaveNoLibraries()
    {
        byte[] cache = Cache(0, (0x0303, "libm.so.6", "/lib/libm.so.6"));
        for (int length = 0; length < cache.Length - 20; length++)
            Assert.Null(LibraryPath.Find(cache.AsSpan(0, length), "libz", X64));
        BinaryPrimitives.WriteInt32LittleEndian(cache.AsSpan(48 + 4), -1);
        Assert.Null(LibraryPath.Find(cache, "libm", X64));
    }

    [Fact]
    public void ThisMachineHasALibC() => Assert.True(File.Exists(LibraryPath.Find("libc")));
}
