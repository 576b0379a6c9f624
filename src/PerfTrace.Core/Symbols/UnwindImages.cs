using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>The files that libdw reads for unwinding, by module; also the vDSO, which is none, as a file in memory.</summary>
internal sealed unsafe class UnwindImages : IDisposable
{
    private readonly Dictionary<CodeModule, Image?> _images = [];
    private FileDescriptor? _ownFile;
    private nint _ownElf;

    /// <summary>The image of a module; null when its file is not there.</summary>
    public Image? Open(CodeModule module)
    {
        if (!_images.TryGetValue(module, out Image? image))
            _images.Add(module, image = Make(module));
        return image;
    }

    /// <summary>This program's own file, for libdw to see what machine it is about where the code is in no file; 0 when the machine is another.</summary>
    public nint OwnElf(UnwindMachine machine)
    {
        if (_ownElf != 0)
            return _ownElf;
        using (ElfFile own = ElfFile.Open("/proc/self/exe"))
        {
            if (own.Machine != machine.Machine)
                return 0;
        }
        _ = LibDw.SetElfVersion(LibDw.ElfVersion);
        _ownFile = FileDescriptor.Open("/proc/self/exe");
        return _ownElf = LibDw.BeginElf(_ownFile.Number, LibDw.ElfRead, 0);
    }

    public void Dispose()
    {
        foreach (Image? image in _images.Values)
            image?.Memory?.Dispose();
        _images.Clear();
        if (_ownElf != 0)
            _ = LibDw.EndElf(_ownElf);
        _ownElf = 0;
        _ownFile?.Dispose();
    }

    private static Image? Make(CodeModule module)
    {
        CodeSymbols symbols = module.Symbols;
        if (symbols is VdsoCode { Image: { Length: > 0 } bytes } && MemoryFile.Create("vdso", bytes.Span) is { } memory)
            return new Image(symbols, $"/proc/self/fd/{memory.Number}", memory);
        return symbols.File is { } path ? new Image(symbols, path, null) : null;
    }

    /// <summary>A file to unwind by.</summary>
    /// <param name="Symbols">Translates places to its addresses.</param>
    /// <param name="Path">Where it is.</param>
    /// <param name="Memory">It, when it is in memory only.</param>
    internal sealed record Image(CodeSymbols Symbols, string Path, FileDescriptor? Memory)
    {
        public ulong? AddressOf(ulong place) => Symbols.AddressOf(place);

        /// <summary>A descriptor that libdw closes; -1: it is to open the path.</summary>
        public int Duplicate()
        {
            const int F_DUPFD_CLOEXEC = 1030;
            return Memory is null ? -1 : NativeMethods.FileControl(Memory, F_DUPFD_CLOEXEC, 3);
        }
    }
}
