using Microsoft.Win32.SafeHandles;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>The debug information of a file, opened with libdw.</summary>
internal sealed class DwarfHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly FileDescriptor _file;
    private nint _elf;

    /// <summary>Opens a file; <see cref="System.Runtime.InteropServices.SafeHandle.IsInvalid"/> when it has no debug information.</summary>
    /// <exception cref="KernelException">It is not there or may not be read.</exception>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public DwarfHandle(string path)
        : base(ownsHandle: true)
    {
        const int O_NONBLOCK = 0x800; // a FIFO without writer would block open(2)
        _file = FileDescriptor.Open(path, O_NONBLOCK);
        try
        {
            _ = LibDw.SetElfVersion(LibDw.ElfVersion);
            _elf = LibDw.BeginElf(_file.Number, LibDw.ElfRead, 0);
            if (_elf != 0)
                SetHandle(LibDw.Begin(_elf, LibDw.DwarfRead, 0));
        }
        finally
        {
            if (IsInvalid)
                ReleaseHandle();
        }
    }

    protected override bool ReleaseHandle()
    {
        if (handle != 0)
            _ = LibDw.End(handle);
        handle = 0;
        if (_elf != 0)
            _ = LibDw.EndElf(_elf);
        _elf = 0;
        _file.Dispose();
        return true;
    }
}
