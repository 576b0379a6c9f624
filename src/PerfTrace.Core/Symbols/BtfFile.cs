using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Symbols;

/// <summary>Type information in files: alone, as in <c>/sys/kernel/btf</c>, or the section .BTF of a program, a kernel module or a BPF object.</summary>
public static class BtfFile
{
    private const string Section = ".BTF";

    // Every kernel module has it (include/linux/module.h).
    private const string ModuleSection = ".gnu.linkonce.this_module";

    /// <summary>Reads the types of a file.</summary>
    /// <exception cref="BtfNotFoundException">An ELF file without them.</exception>
    /// <exception cref="BtfException">They are damaged, or the file has none at all.</exception>
    /// <exception cref="ElfException">A damaged ELF file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file can not be read.</exception>
    public static BtfTypes Open(string path)
    {
        using (FileStream stream = OpenStream(path))
        {
            Span<byte> magic = stackalloc byte[4];
            if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual("\u007fELF"u8))
                return OpenAlone(path);
        }
        using ElfFile file = ElfFile.Open(path);
        if (file.FindSection(Section) is not { HasBytes: true } section)
            throw new BtfNotFoundException($"{path} has no section {Section}: it was built without type information (clang -g for BPF, pahole -J for others).");
        // A module's types stand on the kernel's. Where it was built for another kernel, they refer to what that has.
        return BtfTypes.Parse(file.ReadSection(section).ToArray(), path, file.FindSection(ModuleSection) is null ? null : BtfTypes.Kernel);
    }

    private static FileStream OpenStream(string path)
    {
        // .NET calls a folder a matter of rights.
        if (Directory.Exists(path))
            throw new BtfNotFoundException($"{path} is a folder: name a file in it.");
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path, e);
        }
    }

    private static BtfTypes OpenAlone(string path)
    {
        // Files of sysfs other than the kernel's are modules'.
        string full = Path.GetFullPath(path), directory = Path.Combine(SystemPaths.Default.Sys, "kernel/btf");
        if (Path.GetDirectoryName(full) == directory)
            return BtfTypes.OfModule(Path.GetFileName(full));
        return BtfTypes.Parse(KernelFile.ReadBytes(path), path);
    }
}
