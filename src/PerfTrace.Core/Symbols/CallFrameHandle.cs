using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>The call frame information (.eh_frame) of a file or image, opened with libdw.</summary>
internal sealed unsafe class CallFrameHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly FileDescriptor? _file;
    private readonly byte* _image;
    private nint _elf;

    /// <summary>Opens a file; <see cref="SafeHandle.IsInvalid"/> when it has none.</summary>
    /// <exception cref="KernelException">It is not there or may not be read.</exception>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public CallFrameHandle(string path)
        : base(ownsHandle: true)
    {
        const int O_NONBLOCK = 0x800; // a FIFO without writer would block open(2)
        _file = FileDescriptor.Open(path, O_NONBLOCK);
        Begin(() => LibDw.BeginElf(_file.Number, LibDw.ElfRead, 0));
    }

    /// <summary>Opens an image in memory.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    public CallFrameHandle(ReadOnlySpan<byte> image)
        : base(ownsHandle: true)
    {
        _image = (byte*)NativeMemory.Alloc((nuint)image.Length);
        int length = image.Length;
        image.CopyTo(new Span<byte>(_image, length));
        Begin(() => LibDw.ElfInMemory(_image, (nuint)length));
    }

    protected override bool ReleaseHandle()
    {
        if (handle != 0)
            _ = LibDw.EndCallFrames(handle);
        handle = 0;
        if (_elf != 0)
            _ = LibDw.EndElf(_elf);
        _elf = 0;
        NativeMemory.Free(_image);
        _file?.Dispose();
        return true;
    }

    private void Begin(Func<nint> open)
    {
        try
        {
            _ = LibDw.SetElfVersion(LibDw.ElfVersion);
            _elf = open();
            if (_elf != 0)
                SetHandle(LibDw.CallFrames(_elf));
        }
        catch
        {
            // A finalizer does not release what never became valid.
            ReleaseHandle();
            SetHandleAsInvalid();
            throw;
        }
        if (IsInvalid)
        {
            ReleaseHandle();
            SetHandleAsInvalid();
        }
    }
}
