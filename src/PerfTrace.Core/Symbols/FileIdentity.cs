using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>What tells a file from others, and from itself before it was changed (statx(2)).</summary>
/// <param name="Device">The file system's device.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Modified">When its contents were last changed, in nanoseconds since 1970.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Owner">The user that it is of.</param>
/// <param name="IsRegular">It is a file, no directory, link, device or pipe.</param>
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode, long Modified, ulong Size, uint Owner, bool IsRegular)
{
    private const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const ushort S_IFMT = 0xf000, S_IFREG = 0x8000;

    /// <summary>Of what a path leads to; null when there is nothing, or nothing that may be looked at.</summary>
    public static FileIdentity? Of(string path, bool followLinks = true) => Read(AT_FDCWD, path, followLinks ? 0 : AT_SYMLINK_NOFOLLOW);

    /// <summary>Of an open file.</summary>
    public static FileIdentity? Of(int descriptor) => Read(descriptor, "", AT_EMPTY_PATH);

    private static unsafe FileIdentity? Read(int directory, string path, int flags)
    {
        Statx found;
        if (StatX(directory, path, flags, STATX_BASIC_STATS, &found) != 0)
            return null;
        return new FileIdentity(((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Inode, (found.ModifiedSeconds * 1_000_000_000) + found.ModifiedNanoseconds,
            found.Size, found.User, (found.Mode & S_IFMT) == S_IFREG);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int directory, string path, int flags, uint mask, Statx* result);

    /// <summary>struct statx of linux/stat.h, 256 bytes; what is not read here is left out.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(20)] public uint User;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
