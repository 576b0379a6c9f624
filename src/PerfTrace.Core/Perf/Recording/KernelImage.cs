using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Where the kernel's code is in memory, and that of its modules.</summary>
internal sealed record KernelImage((ulong Start, ulong End)? Text, IReadOnlyList<KernelImage.Module> Modules)
{
    /// <param name="Name">What /proc/modules calls it.</param>
    /// <param name="Path">Its file; <c>[name]</c> when it is not found.</param>
    /// <param name="Start">Its first address.</param>
    /// <param name="Size">Bytes.</param>
    internal sealed record Module(string Name, string Path, ulong Start, ulong Size);

    /// <summary>Without the kernel's text where its addresses are not shown (kernel.kptr_restrict).</summary>
    public static KernelImage Read(SystemPaths paths, CancellationToken stop = default) => new(ReadText(paths, stop), ReadModules(paths));

    // Lines such as "ffffffff81000000 T _text\n", those of the kernel before those of modules. The file has millions of bytes that the kernel makes while they
    // are read: only so many are as are needed.
    private static (ulong Start, ulong End)? ReadText(SystemPaths paths, CancellationToken stop)
    {
        string path = Path.Combine(paths.Proc, "kallsyms");
        if (!File.Exists(path))
            return null; // a kernel without CONFIG_KALLSYMS
        ulong start = 0, end = 0;
        byte[] buffer = new byte[64 << 10];
        int length = 0;
        using FileDescriptor file = FileDescriptor.Open(path);
        while (end == 0 && file.Read(buffer.AsSpan(length)) is > 0 and var count)
        {
            stop.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> text = buffer.AsSpan(0, length + count);
            start = start != 0 ? start : AddressOf(text, " _text\n"u8) is > 0 and var found ? found : AddressOf(text, " _stext\n"u8);
            end = AddressOf(text, " _etext\n"u8);
            // The line that goes on in the next piece.
            ReadOnlySpan<byte> rest = text[(text.LastIndexOf((byte)'\n') + 1)..];
            length = rest.Length;
            rest.CopyTo(buffer);
        }
        return start != 0 && end > start ? (start, end) : null;
    }

    private static ulong AddressOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> symbol)
    {
        int at = text.IndexOf(symbol);
        if (at < 0)
            return 0;
        ReadOnlySpan<byte> line = text[(text[..at].LastIndexOf((byte)'\n') + 1)..at];
        return ulong.TryParse(line[..Math.Max(0, line.IndexOf((byte)' '))], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address) ? address : 0;
    }

    // ext4 1019904 1 - Live 0xffffffffc0600000
    private static List<Module> ReadModules(SystemPaths paths)
    {
        string list = Path.Combine(paths.Proc, "modules");
        if (!File.Exists(list))
            return []; // a kernel without CONFIG_MODULES
        var modules = new List<Module>();
        Dictionary<string, string>? files = null;
        foreach (string line in KernelFile.ReadText(list).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ');
            if (fields.Length < 6 || !ulong.TryParse(fields[1], CultureInfo.InvariantCulture, out ulong size)
                || !fields[5].StartsWith("0x", StringComparison.Ordinal)
                || !ulong.TryParse(fields[5].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start) || start == 0)
            {
                continue;
            }
            files ??= ModuleFiles(paths);
            modules.Add(new Module(fields[0], files.GetValueOrDefault(fields[0], $"[{fields[0]}]"), start, size));
        }
        return modules;
    }

    // kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko.xz …, in modules.dep(5). The kernel writes the names of modules with underscores.
    private static Dictionary<string, string> ModuleFiles(SystemPaths paths)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            string folder = Path.Combine("/lib/modules", KernelFile.ReadText(Path.Combine(paths.Proc, "sys/kernel/osrelease")).TrimEnd('\n'));
            foreach (string line in File.ReadLines(Path.Combine(folder, "modules.dep")))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                    continue;
                string path = line[..colon], name = Path.GetFileName(path);
                int extension = name.IndexOf(".ko", StringComparison.Ordinal);
                files[(extension < 0 ? name : name[..extension]).Replace('-', '_')] = Path.Combine(folder, path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The modules came from an initial file system that is gone: they are known by their names.
        }
        return files;
    }
}
